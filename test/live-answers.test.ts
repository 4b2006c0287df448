import { fullAccount, operator } from '../packages/server/src/operations/__fixtures__/two-accounts.ts'
import { suspendAccount } from '../packages/server/src/operations/change-account.ts'
import { removeMember } from '../packages/server/src/operations/change-member.ts'
import { createKey } from '../packages/server/src/operations/create-key.ts'
import { showOverview } from '../packages/server/src/operations/show-overview.ts'
import { usageRecord } from '../packages/server/src/store/__fixtures__/usage-record.ts'
import { withChanges, type Change } from '../packages/console/src/api/with-changes.ts'
import { ask } from './support/ask.ts'
import { ADMIN_TOKEN, startTwoListeners, type TwoListeners } from './support/two-listeners.ts'

let rig: TwoListeners
const open: AbortController[] = []
beforeEach(async () => {
  rig = await startTwoListeners()
})
afterEach(async () => {
  for (const one of open.splice(0)) one.abort()
  await rig.close()
})

type Headers = Readonly<Record<string, string>>
const asOperator: Headers = { authorization: `Bearer ${ADMIN_TOKEN}` }

const pathTo = (of: string): string => `/api/v1/live?of=${encodeURIComponent(of)}`

/** What is watched, as it is after each event. */
async function* watched(origin: string, of: string, headers: Headers): AsyncGenerator<Record<string, unknown>> {
  const leaving = new AbortController()
  open.push(leaving)
  const response = await fetch(origin + pathTo(of), { headers, signal: leaving.signal })
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
  let text = ''
  let answer: unknown
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString()
    const events = text.split('\n\n')
    text = events.pop() ?? ''
    for (const event of events) {
      const [, name, data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(event) ?? []
      if (name === undefined) continue
      answer = name === 'answer' ? JSON.parse(data) : withChanges(answer, JSON.parse(data) as Change[])
      yield answer as Record<string, unknown>
    }
  }
}

async function nextOf(events: AsyncGenerator<Record<string, unknown>>): Promise<Record<string, unknown>> {
  const { value, done } = await events.next()
  if (done === true) throw new Error('The stream has ended.')
  return value
}

const settle = (account: string) => rig.operations.store.ledger.settle(usageRecord({ account, createdAt: Date.now() }))

test('an answer is told, and then what changes in it', async () => {
  const events = watched(rig.adminOrigin, '/api/v1/overview?last=24h', asOperator)
  expect(await nextOf(events)).toMatchObject({ totals: { requests: 0 }, step: 'hour' })
  await settle('default')
  const after = await nextOf(events)
  expect(after).toMatchObject({ totals: { requests: 1 }, series: [{ requests: 1 }] })
  const asked = await showOverview(rig.operations, operator, { last: '24h' })
  expect({ ...after, month: undefined }).toEqual({ ...JSON.parse(JSON.stringify(asked)), month: undefined })
})

test('what is managed elsewhere is seen as well', async () => {
  const events = watched(rig.adminOrigin, '/api/v1/keys?include=limits,team&account=default', asOperator)
  const before = (await nextOf(events))['data'] as readonly unknown[]
  await createKey(rig.operations, operator, { name: 'another' })
  expect((await nextOf(events))['data']).toEqual([...before, expect.objectContaining({ name: 'another' })])
})

test('a member sees nothing of another account, and hears nothing of what happens there', async () => {
  const { cookie } = await rig.signInMember('acme', 'viewer')
  const other = await fullAccount(rig.operations, 'other')
  const events = watched(rig.origin, '/api/v1/overview', { cookie })
  expect(await nextOf(events)).toMatchObject({ account: 'acme', totals: { requests: 0 } })
  await settle(other.account)
  await settle('acme')
  expect(await nextOf(events)).toMatchObject({ account: 'acme', totals: { requests: 1 } })
  const asked = await ask(rig.origin, { path: pathTo(`/api/v1/limits?account=${other.account}`), headers: { cookie } })
  expect(asked.status).toBe(404)
})

test.each([
  { what: 'is removed', end: (member: string) => removeMember(rig.operations, operator, { id: member }) },
  { what: 'has his account suspended', end: () => suspendAccount(rig.operations, operator, { id: 'acme' }) },
])('it ends when who watches $what', async ({ end }) => {
  const { cookie } = await rig.signInMember('acme', 'viewer')
  const events = watched(rig.origin, '/api/v1/limits', { cookie })
  await nextOf(events)
  await end('mem_acme_viewer')
  expect(await events.next()).toEqual({ done: true, value: undefined })
})

test.each([
  { of: '/api/v1/requests', param: 'of', says: /must be one of .*\/api\/v1\/overview/ },
  { of: 'https://elsewhere.example/api/v1/overview', param: 'of', says: /must be one of/ },
  { of: '/api/v1/keys/key_1', param: 'of', says: /must be one of/ },
  { of: '/api/v1/overview?last=1d&last=2d', param: 'of', says: /says last twice/ },
  { of: '/api/v1/overview?colour=red', param: 'colour', says: /no field colour/ },
  { of: '', param: 'of', says: /must not be empty/ },
])('to watch "$of" is refused', async ({ of, param, says }) => {
  const { status, json } = await ask(rig.adminOrigin, { path: pathTo(of), headers: { ...asOperator } })
  expect([status, json['param'], json['detail']]).toEqual([400, param, expect.stringMatching(says)])
})

test('who may not ask may not watch', async () => {
  const { cookie } = await rig.signInMember('acme', 'viewer')
  const refused = async (of: string, headers: Record<string, string>) =>
    (await ask(rig.origin, { path: pathTo(of), headers })).status
  expect(await refused('/api/v1/billing', { cookie })).toBe(403)
  expect(await refused('/api/v1/providers', { cookie })).toBe(403)
  expect(await refused('/api/v1/overview', {})).toBe(401)
})
