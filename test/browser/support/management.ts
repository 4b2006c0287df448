import type { Gateway } from '../../support/spawn-gateway.ts'

/** The management API as the operator's programs call it. */
export interface Management {
  /** @throws Error with the answer's text when it is refused. */
  call<T = unknown>(method: string, path: string, body?: object): Promise<T>
  /** A new account. @default plan 'none' */
  account(name: string, plan?: string): Promise<{ readonly id: string }>
  /** A new key; the key itself is in it. */
  key(name: string, more?: object): Promise<{ readonly id: string; readonly key: string }>
  /** One request of `/v1` with such a key, to the sandbox unless `body` says otherwise. */
  chat(key: string, body?: object): Promise<Response>
}

export function managementOf({ adminOrigin, adminToken, baseURL }: Gateway): Management {
  const call = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const response = await fetch(`${adminOrigin}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} is answered by ${response.status}: ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }
  return {
    call,
    account: (name, plan = 'none') => call('POST', '/accounts', { name, plan }),
    key: (name, more = {}) => call('POST', '/keys', { name, ...more }),
    chat: (key, body = {}) =>
      fetch(`${baseURL}/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'speka/sandbox', messages: [{ role: 'user', content: 'Hello!' }], ...body }),
      }),
  }
}
