import { randomBytes } from 'node:crypto'
import { honestConfig } from '../limits/limited-processes.ts'
import { spawnGateway } from '../support/spawn-gateway.ts'
import { startReplicas, type Replicas } from './replicas.ts'

/** Nobody asks it anything. */
const config = honestConfig('http://127.0.0.1:1/v1')

let replicas: Replicas
beforeAll(async () => {
  replicas = await startReplicas(config, { replicas: 1 })
})
afterAll(() => replicas?.close())

const startAnother = (env: Readonly<Record<string, string>>) =>
  spawnGateway(config, { unwatched: true, env: { ...replicas.env, ...env } }).then(async (gateway) => {
    await gateway.close()
    return 'it started'
  }, String)

test('a replica with another pepper ends at once and says so, and the one that runs goes on', async () => {
  const said = await startAnother({ SPEKA_KEY_PEPPER: randomBytes(32).toString('hex') })
  expect(said).toMatch(/ended with 1 instead of starting/)
  expect(said).toMatch(/pepper/i)
  expect((await fetch(`${replicas.all[0]?.gateway.origin}/readyz`)).status).toBe(200)
})

test('a replica on a database of a newer version ends at once and says so', async () => {
  await replicas.read('UPDATE speka.schema_version SET version = version + 900, runs_beside = version + 900')
  const said = await startAnother({})
  await replicas.read('UPDATE speka.schema_version SET version = version - 900, runs_beside = 1')
  expect(said).toMatch(/ended with 1 instead of starting/)
  expect(said).toMatch(/newer version of Speka/)
})

test('a replica whose database cannot be reached ends at once and says so', async () => {
  const said = await startAnother({ SPEKA_DATABASE_URL: 'postgres://speka@127.0.0.1:1/speka' })
  expect(said).toMatch(/ended with 1 instead of starting/)
  expect(said).toMatch(/cannot be reached/)
})
