import { honestConfig } from '../limits/limited-processes.ts'
import { eventually } from '../support/eventually.ts'
import { startReplicas, type Replicas } from './replicas.ts'

/** How many records may wait on the disk of one. */
const ROOM = 3

const replicasWith = (spool: object | 'off'): Promise<Replicas> =>
  startReplicas({ ...honestConfig('http://127.0.0.1:1/v1'), outage: { spool } }, { replicas: 1, redis: false })

let replicas: Replicas
afterEach(() => replicas?.close())

const gateway = () => {
  const [one] = replicas.all
  if (one === undefined) throw new Error('there is one')
  return one.gateway
}

const readiness = async (): Promise<number> => {
  const response = await fetch(`${gateway().origin}/readyz`)
  await response.text()
  return response.status
}

/** What a request is answered with, and its code where it is refused. */
async function ask(): Promise<string> {
  const response = await fetch(`${gateway().baseURL}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${replicas.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'speka/sandbox', messages: [{ role: 'user', content: 'Hello!' }] }),
  })
  const body = (await response.json()) as { readonly error?: { readonly code: string } }
  return `${response.status} ${body.error?.code ?? ''}`.trim()
}

test('while PostgreSQL is gone a replica is ready for as long as its spool has room, and again once all is in the database', async () => {
  replicas = await replicasWith({ max_rows: ROOM })
  const { postgres } = replicas.engines
  expect([await ask(), await readiness()]).toEqual(['200', 200])
  await postgres.kill()
  for (let asked = 0; asked < ROOM; asked += 1) expect([await ask(), await readiness()]).toEqual(['200', 200])
  expect(await ask()).toBe('503 storage_unavailable')
  expect(await readiness()).toBe(503)
  await postgres.restart()
  await eventually(async () => (await readiness()) === 200, 'it is ready again')
  expect(await ask()).toBe('200')
  expect(await replicas.speka('ledger verify')).toContain(`${1 + ROOM + 1} rows as they were written`)
})

test('without a spool it is not ready from when it knows that PostgreSQL is gone', async () => {
  replicas = await replicasWith('off')
  const { postgres } = replicas.engines
  expect([await ask(), await readiness()]).toEqual(['200', 200])
  await postgres.kill()
  await eventually(async () => (await readiness()) === 503, 'it is not ready')
  expect(await ask()).toBe('503 storage_unavailable')
  await postgres.restart()
  await eventually(async () => (await readiness()) === 200, 'it is ready again')
  expect(await ask()).toBe('200')
})
