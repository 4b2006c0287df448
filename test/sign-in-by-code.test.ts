import { request } from 'node:http'
import { SmtpServer } from '../packages/server/src/mail/__fixtures__/smtp-server.ts'
import { ask } from './support/ask.ts'
import { eventually } from './support/eventually.ts'
import { spawnGateway, type Gateway } from './support/spawn-gateway.ts'

let smtp: SmtpServer
let gateway: Gateway
beforeAll(async () => {
  smtp = new SmtpServer()
  const env = { SPEKA_SMTP_URL: `${await smtp.listen()}?from=no-reply@speka.example` }
  gateway = await spawnGateway({ site: { enabled: true, sign_up: 'open', name: 'Acme <AI>' } }, { env })
})
afterAll(async () => {
  await gateway?.close()
  await smtp?.close()
})

type Fields = Readonly<Record<string, string>>

/** A form as a browser sends it that runs no script. */
const send = (path: string, fields: Fields, headers: Fields = {}): Promise<Response> =>
  fetch(`${gateway.origin}${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: gateway.origin, ...headers },
    body: new URLSearchParams(fields),
  })

async function codeFor(email: string): Promise<string> {
  const mailOf = () => smtp.mails.findLast(({ to }) => to.includes(email))
  await eventually(() => mailOf() !== undefined, `a mail to ${email}`)
  return /^Subject: (\d{6})/m.exec(mailOf()?.data ?? '')?.[1] ?? ''
}

const textIn = (page: string, id: string): string =>
  (new RegExp(`<code id="${id}">([^<]*)</code>`).exec(page)?.[1] ?? '')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')

const cookieOf = (answer: Response): string => (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''

test('from /signup to a call that answers: an address, a code, and what is pasted', async () => {
  const first = await (await fetch(`${gateway.origin}/signup`)).text()
  expect(first).toContain('<form method="post" action="/signup"')
  expect(first).not.toContain('<AI>')

  const asked = await send('/signup', { email: 'ann@example.com' })
  expect(asked.status).toBe(200)
  const form = await asked.text()
  expect(form).toContain('autocomplete="one-time-code"')
  expect(form).toContain('<form method="post" action="/welcome"')

  const welcome = await send('/welcome', { email: 'ann@example.com', code: await codeFor('ann@example.com') })
  expect(welcome.status).toBe(200)
  expect(welcome.headers.get('set-cookie')).toMatch(/^speka_member=.*HttpOnly; SameSite=Lax/)
  expect(welcome.headers.get('cache-control')).toBe('no-store')
  const page = await welcome.text()
  const key = textIn(page, 'key')
  const curl = textIn(page, 'curl')
  expect(curl).toContain(`curl ${gateway.origin}/v1/chat/completions`)
  expect(curl).toContain(`Bearer ${key}`)
  const body = /-d '(.*)'/.exec(curl)?.[1] ?? ''
  const called = await fetch(`${gateway.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body,
  })
  expect(called.status).toBe(200)

  const session = await fetch(`${gateway.origin}/api/v1/session`, { headers: { cookie: cookieOf(welcome) } })
  expect(await session.json()).toMatchObject({
    actor: 'account',
    role: 'owner',
    account: { name: 'ann', plan: 'free' },
    member: { email: 'ann@example.com' },
  })
  const keys = await fetch(`${gateway.origin}/api/v1/keys`, { headers: { cookie: cookieOf(welcome) } })
  expect(await keys.json()).toMatchObject({ data: [{ name: 'first key' }] })

  const again = await fetch(`${gateway.origin}/welcome`, { redirect: 'manual' })
  expect([again.status, again.headers.get('location')]).toEqual([303, '/console'])
})

test('who has an account comes into the console, and a code that was used is refused beside its field', async () => {
  await send('/signup', { email: 'bob@example.com' })
  await send('/welcome', { email: 'bob@example.com', code: await codeFor('bob@example.com') })
  smtp.mails.length = 0
  await send('/login', { email: 'bob@example.com' })
  const code = await codeFor('bob@example.com')
  const spaced = `${code.slice(0, 3)} ${code.slice(3)}`
  const came = await send('/login/code', { email: 'bob@example.com', code: spaced })
  expect([came.status, came.headers.get('location')]).toEqual([303, '/console'])
  expect(cookieOf(came)).toMatch(/^speka_member=speka-session-/)
  const replayed = await send('/login/code', { email: 'bob@example.com', code })
  expect(replayed.status).toBe(400)
  expect(replayed.headers.get('set-cookie')).toBeNull()
  expect(await replayed.text()).toMatch(
    /aria-describedby="code-error"[\s\S]*id="code-error" role="alert">The code is not/,
  )
})

test.each([
  { what: 'no address', email: 'nobody' },
  { what: 'a very long one', email: `${'a'.repeat(300)}@example.com` },
  { what: 'a header behind it', email: 'ann@example.com\r\nBcc: eve@example.com' },
  { what: 'two', email: 'ann@example.com,eve@example.com' },
  { what: 'markup', email: '"><script>alert(1)</script>@example.com' },
  { what: 'a domain to throw away', email: 'ann@mailinator.com' },
])('$what is refused beside the field, and nothing is sent', async ({ email }) => {
  smtp.mails.length = 0
  const answer = await send('/signup', { email })
  expect(answer.status).toBe(400)
  const page = await answer.text()
  expect(page).toContain('id="email-error" role="alert">The address ')
  expect(page).not.toContain('<script>')
  expect(smtp.mails).toEqual([])
})

test.each([
  { what: 'by what the browser says of it', headers: { 'sec-fetch-site': 'cross-site' } },
  { what: 'of a neighbouring host', headers: { 'sec-fetch-site': 'same-site' } },
  { what: 'by its origin', headers: { origin: 'https://evil.example' } },
  { what: 'of nowhere', headers: { origin: 'null' } },
])('a form on another page signs nobody in: $what', async ({ headers }) => {
  await send('/login', { email: 'eve@example.com' })
  const code = await codeFor('eve@example.com')
  for (const path of ['/welcome', '/login/code']) {
    const answer = await send(path, { email: 'eve@example.com', code }, headers)
    expect(answer.status).toBe(403)
    expect(answer.headers.get('set-cookie')).toBeNull()
  }
  smtp.mails.length = 0
})

test('another host than ours is told nothing', async () => {
  const { port } = new URL(gateway.origin)
  const status = await new Promise((resolve, reject) => {
    request({ port, path: '/login', headers: { host: 'evil.example' } }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
      .on('error', reject)
      .end()
  })
  expect(status).toBe(421)
})

const post = (path: string, body: object): Promise<Response> =>
  fetch(`${gateway.origin}/api/v1/sign-in/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.9' },
    body: JSON.stringify(body),
  })

test('the same by the API, for any program', async () => {
  const asked = await post('code', { email: 'cleo@example.com' })
  expect([asked.status, await asked.json()]).toMatchObject([201, { delivery: 'mail', trouble: null }])
  const code = await codeFor('cleo@example.com')
  const wrong = await post('verify', { email: 'cleo@example.com', code: code === '000000' ? '000001' : '000000' })
  expect([wrong.status, await wrong.json()]).toMatchObject([400, { code: 'invalid_value', param: 'code' }])
  const came = await post('verify', { email: 'cleo@example.com', code })
  expect([came.status, await came.json()]).toMatchObject([201, { actor: 'account', role: 'owner' }])
  expect(cookieOf(came)).toMatch(/^speka_member=/)
  for (let n = 1; n < 5; n += 1) expect((await post('code', { email: 'cleo@example.com' })).status).toBe(201)
  const over = await post('code', { email: 'cleo@example.com' })
  expect(over.status).toBe(429)
  expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(0)
  for (const body of [
    {},
    { email: 7 },
    { email: 'cleo@example.com', code: ['1'] },
    { email: 'x@y.example', code: '12345' },
  ])
    expect((await post('verify', body)).status).toBe(400)
})

/** What a form of the page holds to be sent along unseen. */
const hiddenIn = (page: string, name: string): readonly string[] =>
  [...page.matchAll(new RegExp(`<input type="hidden" name="${name}" value="([^"]*)">`, 'g'))].map(([, value = '']) =>
    value.replaceAll('&amp;', '&'),
  )

describe('the page that somebody came from', () => {
  const back = '/console/requests?outcome=failed&q=a'
  const forwarded = { 'x-forwarded-for': '203.0.113.20' }

  test('is where he is sent once he has signed in, after a wrong code as well', async () => {
    await send('/signup', { email: 'fay@example.com' }, forwarded)
    await send('/welcome', { email: 'fay@example.com', code: await codeFor('fay@example.com') }, forwarded)
    smtp.mails.length = 0
    const first = await (await fetch(`${gateway.origin}/login?back=${encodeURIComponent(back)}`)).text()
    expect(hiddenIn(first, 'back')).toEqual([back])
    expect(first).toContain(`/signup?back=${encodeURIComponent(back)}`)
    const form = await (await send('/login', { email: 'fay@example.com', back }, forwarded)).text()
    // In the form for the code, and in that for another one.
    expect(hiddenIn(form, 'back')).toEqual([back, back])
    const code = await codeFor('fay@example.com')
    const wrong = { email: 'fay@example.com', code: code === '000000' ? '111111' : '000000', back }
    expect(hiddenIn(await (await send('/login/code', wrong, forwarded)).text(), 'back')).toEqual([back, back])
    const came = await send('/login/code', { email: 'fay@example.com', code, back }, forwarded)
    expect([came.status, came.headers.get('location')]).toEqual([303, back])
  })

  test('stays with an address that is refused, and leads on from the first key', async () => {
    const refused = await send('/signup', { email: 'nobody', back }, forwarded)
    expect(hiddenIn(await refused.text(), 'back')).toEqual([back])
    await send('/signup', { email: 'gus@example.com', back }, forwarded)
    const welcome = await send(
      '/welcome',
      { email: 'gus@example.com', code: await codeFor('gus@example.com'), back },
      forwarded,
    )
    expect(await welcome.text()).toContain(`<a class="button" href="${back.replaceAll('&', '&amp;')}">`)
  })

  test('is none when it leads elsewhere, whatever form says so', async () => {
    for (const evil of [
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      '/.//evil.example',
      '/\t/evil.example',
      '"><script>',
    ]) {
      const shown = await (await fetch(`${gateway.origin}/login?back=${encodeURIComponent(evil)}`)).text()
      expect(hiddenIn(shown, 'back')).toEqual([])
      expect(shown).not.toMatch(/evil\.example|"><script>/)
    }
    smtp.mails.length = 0
    await send('/login', { email: 'fay@example.com', back: '//evil.example' }, forwarded)
    const said = { email: 'fay@example.com', code: await codeFor('fay@example.com'), back: '/\\evil.example' }
    const came = await send('/login/code', said, forwarded)
    expect([came.status, came.headers.get('location')]).toEqual([303, '/console'])
  })
})

const told = (): string | undefined => /"email":"dan@example.com","code":"(\d{6})"/.exec(gateway.logs())?.[1]

test('a mail server that is down keeps nobody out: the code is in the log, and the page says so', async () => {
  await smtp.close()
  const forwarded = { 'x-forwarded-for': '203.0.113.10' }
  await send('/login', { email: 'dan@example.com' }, forwarded)
  await eventually(() => told() !== undefined, 'the code in the log')
  const form = await (await send('/login', { email: 'dan@example.com' }, forwarded)).text()
  expect(form).toContain('The mail server takes no mail at present')
  const came = await send('/login/code', { email: 'dan@example.com', code: told() ?? '' }, forwarded)
  expect(came.status).toBe(200)
  expect(await came.text()).toContain('Welcome to Acme')
})

/** The page to sign in, where one has come in by a host. */
const loginAt = async (hostname: string): Promise<string> => {
  const { port } = new URL(gateway.origin)
  const answer = await ask(gateway.origin, { path: '/login', headers: { host: `${hostname}:${port}` } })
  return answer.body
}

describe('the button for a passkey', () => {
  test('is there at a name, behind a script that is a file of ours', async () => {
    const page = await loginAt('localhost')
    expect(page).toMatch(/<div id="passkey" hidden [^>]*>.*Sign in with a passkey/)
    const [, path = ''] = /<script type="module" src="([^"]+)">/.exec(page) ?? []
    const script = await ask(gateway.origin, { path })
    expect([script.status, script.headers['content-type']]).toEqual([200, 'text/javascript; charset=utf-8'])
  })

  test('is not there at an address in figures, and the page says where it would be', async () => {
    const page = await loginAt('127.0.0.1')
    expect(page).not.toContain('<script')
    expect(page).toContain(`open http://localhost:${new URL(gateway.origin).port}`)
  })
})
