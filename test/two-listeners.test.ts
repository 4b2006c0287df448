import { accountRoles, type AccountRole } from '../packages/server/src/actor.ts'
import { managementRows } from '../packages/server/src/management/routes.ts'
import { everyOperation } from '../packages/server/src/operations/__fixtures__/every-operation.ts'
import { fullAccount, operator, type Ids } from '../packages/server/src/operations/__fixtures__/two-accounts.ts'
import { createToken } from '../packages/server/src/operations/create-token.ts'
import { mayDo } from '../packages/server/src/operations/rights.ts'
import { ask, type Answer } from './support/ask.ts'
import { ADMIN_TOKEN, startTwoListeners, type TwoListeners } from './support/two-listeners.ts'

/** Each route with what its operation is given in the tests of operations. */
const routes = managementRows.flatMap(({ method, path, operation }) =>
  everyOperation
    .filter(({ run }) => run === operation)
    .map((one) => ({ ...one, route: `${method} ${path}`, method, path, right: operation.right })),
)

let rig: TwoListeners
let mine: Ids
let theirs: Ids
beforeAll(async () => {
  rig = await startTwoListeners()
  mine = await fullAccount(rig.operations, 'mine')
  theirs = await fullAccount(rig.operations, 'theirs')
})
afterAll(() => rig.close())

type Headers = Readonly<Record<string, string>>

/** Asks for a row as its operation would be called: what is in the path there, the rest in the query or the body. */
function askFor(origin: string, { method, path }: { method: string; path: string }, input: object, headers: Headers) {
  const said = new Map(Object.entries(input))
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(said.get(name))
    said.delete(name)
    return encodeURIComponent(value)
  })
  const rest = Object.fromEntries(said)
  if (method !== 'GET') return ask(origin, { method, path: filled, headers, body: rest })
  const query = new URLSearchParams(rest).toString()
  return ask(origin, { path: query === '' ? filled : `${filled}?${query}`, headers })
}

/** Whoever comes in as a role of the account `mine`, at each listener. */
const ways: Readonly<Record<string, (role: AccountRole) => Promise<{ origin: string; headers: Headers }>>> = {
  'a session on the gateway’s listener': async (role) => {
    const { cookie, csrf } = await rig.signInMember(mine.account, role)
    return { origin: rig.origin, headers: { cookie, 'x-speka-csrf': csrf, 'sec-fetch-site': 'same-origin' } }
  },
  'a token on the gateway’s listener': async (role) => ({ origin: rig.origin, headers: await bearer(role) }),
  'a token on the operator’s listener': async (role) => ({ origin: rig.adminOrigin, headers: await bearer(role) }),
}

async function bearer(role: AccountRole): Promise<Headers> {
  const { token } = await createToken(rig.operations, operator, { account: mine.account, name: role, role })
  return { authorization: `Bearer ${token}` }
}

const everyRole = Object.entries(ways).flatMap(([way, come]) => accountRoles.map((role) => ({ way, role, come })))

test('there are routes to try, most of all there are', () => {
  expect(routes.length).toBeGreaterThan(35)
})

describe.each(everyRole)('in the role $role, by $way', ({ role, come }) => {
  const actor = { kind: 'account', account: '', role, by: 'tok_1' } as const

  test('what is beyond his rights is refused, of his own account too', async () => {
    const { origin, headers } = await come(role)
    const beyond = routes.filter(({ right }) => !mayDo(actor, right))
    const answers = await Promise.all(
      beyond.map(async (row) => [row.route, (await askFor(origin, row, row.input(mine), headers)).status]),
    )
    expect(answers).toEqual(beyond.map(({ route }) => [route, 403]))
  })

  test('what is another account’s is not there, and nothing of it is changed', async () => {
    const { origin, headers } = await come(role)
    const within = routes.filter(({ right }) => mayDo(actor, right))
    const version = await rig.operations.store.registry.version()
    for (const row of within)
      for (const field of row.ids) {
        const foreign = { ...row.input(mine), [field]: theirs[row.kindOf(field)] }
        const { status, body } = await askFor(origin, row, foreign, headers)
        expect([row.route, field, status]).toEqual([row.route, field, field === 'after' ? 400 : 404])
        expect(body).not.toContain('theirs')
      }
    expect(await rig.operations.store.registry.version()).toBe(version)
  })

  test('what he may see is his own account’s alone', async () => {
    const { origin, headers } = await come(role)
    const seen = routes.filter(({ right, method }) => method === 'GET' && mayDo(actor, right))
    expect(seen).not.toEqual([])
    for (const row of seen) {
      const answer = await askFor(origin, row, row.input(mine), headers)
      // A feature that the plan has not is said so.
      expect([row.route, [200, 403].includes(answer.status)]).toEqual([row.route, true])
      for (const id of Object.values(theirs)) expect(answer.body).not.toContain(id)
    }
  })
})

describe('on the gateway’s listener nobody is the operator', () => {
  const asOperator: Readonly<Record<string, () => Promise<Headers>>> = {
    'by the admin token': async () => ({ authorization: `Bearer ${ADMIN_TOKEN}` }),
    'by a token of an operator': async () => {
      const { token } = await createToken(rig.operations, operator, { name: 'op', role: 'operator' })
      return { authorization: `Bearer ${token}` }
    },
    'by his session': async () => {
      const { cookie, csrf } = await rig.signInOperator()
      return { cookie, 'x-speka-csrf': csrf }
    },
    'by his session under a member’s name': async () => {
      const { cookie, csrf } = await rig.signInOperator()
      return { cookie: cookie.replace('speka_operator', 'speka_member'), 'x-speka-csrf': csrf }
    },
    'by a virtual key': async () => ({ authorization: `Bearer ${rig.app.liveKey}` }),
    'by nothing': async () => ({}),
  }

  test.each(Object.entries(asOperator))('%s', async (_, come) => {
    const headers = await come()
    const answers: [string, Answer][] = await Promise.all(
      routes.map(async (row): Promise<[string, Answer]> => [
        row.route,
        await askFor(rig.origin, row, row.input(mine), headers),
      ]),
    )
    expect(answers.map(([route, { status }]) => [route, status])).toEqual(routes.map(({ route }) => [route, 401]))
  })

  test('and his own pages are not there, for whoever asks', async () => {
    for (const headers of [await (asOperator['by the admin token'] ?? bearer)('owner'), await bearer('owner')])
      expect((await ask(rig.origin, { path: '/metrics', headers })).status).toBe(404)
  })
})

test('the operator sees all accounts on his own listener, by his session as by his token', async () => {
  const { cookie } = await rig.signInOperator()
  const { body } = await ask(rig.adminOrigin, { path: '/api/v1/keys', headers: { cookie } })
  expect(body).toContain(mine.key)
  expect(body).toContain(theirs.key)
})

test('without a site, the gateway’s listener has no management and no console', async () => {
  const { startApp } = await import('./support/start-app.ts')
  const bare = await startApp()
  try {
    for (const path of ['/console', '/api/v1/session', '/api/v1/keys'])
      expect((await ask(bare.origin, { path, headers: await bearer('owner') })).status).not.toBe(200)
  } finally {
    await bare.close()
  }
})
