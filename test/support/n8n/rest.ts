/** n8n's own API, as its editor calls it. */
export interface N8nRest {
  /** Resolves with what is under `data` in the answer. */
  get(path: string): Promise<unknown>
  post(path: string, body: unknown): Promise<unknown>
}

/** Sets up the owner of a new n8n, and is signed in as that. */
export async function signIn(origin: string): Promise<N8nRest> {
  let cookie = ''
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${origin}/rest${path}`, {
      method,
      headers: { 'content-type': 'application/json', 'browser-id': 'tests', cookie },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    cookie =
      response.headers
        .getSetCookie()
        .map((each) => each.split(';', 1)[0])
        .join('; ') || cookie
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} is answered with ${response.status}: ${text}`)
    return (JSON.parse(text) as { data: unknown }).data
  }
  await call('POST', '/owner/setup', {
    email: 'owner@example.com',
    firstName: 'A',
    lastName: 'Tester',
    password: 'Password-for-tests-1',
  })
  return { get: (path) => call('GET', path), post: (path, body) => call('POST', path, body) }
}
