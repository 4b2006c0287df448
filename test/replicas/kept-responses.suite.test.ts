import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import OpenAI from 'openai'
import pg from 'pg'
import { newDatabase, type NewDatabase } from '../support/services/new-database.ts'
import { runSpeka } from '../support/run-speka.ts'
import { spawnGateway, type Gateway } from '../support/spawn-gateway.ts'

const SPEKA_KEY_PEPPER = 'a pepper that all replicas have'
const config = { responses: { keep: { encryption_key: 'q83vEjRWeJqrze8BI0VniavN7wEjRWeJq83vASNFZ4k=' } } }
const model = 'speka/sandbox'

let made: NewDatabase
const gateways: Gateway[] = []
beforeEach(async () => {
  made = await newDatabase()
})
afterEach(async () => {
  for (const gateway of gateways.splice(0)) await gateway.close()
  await made.drop()
})

const environment = () => ({ SPEKA_DATABASE_URL: made.url, SPEKA_KEY_PEPPER })

async function clientOf(key: string): Promise<OpenAI> {
  const gateway = await spawnGateway(config, { env: environment() })
  gateways.push(gateway)
  return new OpenAI({ baseURL: gateway.baseURL, apiKey: key, maxRetries: 0 })
}

test('a response is gone on with, asked about and deleted at any replica, and lies in the database encrypted', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'speka-'))
  const { out } = await runSpeka('keys create --name shared --json', { ...environment(), SPEKA_DATA_DIR: folder })
  const { key } = JSON.parse(out) as { key: string }
  const [here, there] = [await clientOf(key), await clientOf(key)]
  const first = await here.responses.create({ model, input: 'A secret word' })
  const next = await there.responses.create({ model, input: 'And?', previous_response_id: first.id })
  expect(next).toMatchObject({ previous_response_id: first.id, store: true })
  const { data } = await here.responses.inputItems.list(next.id, { order: 'asc' })
  expect(data).toMatchObject([{ content: [{ text: 'A secret word' }] }, { role: 'assistant' }, { role: 'user' }])
  await there.responses.delete(first.id)
  await expect(here.responses.retrieve(first.id)).rejects.toMatchObject({ status: 404, code: 'response_not_found' })

  const database = new pg.Client(made.url)
  await database.connect()
  const { rows } = await database.query('SELECT account, sealed FROM speka.response')
  await database.end()
  expect(rows).toMatchObject([{ account: 'default' }])
  expect(Buffer.from((rows as { sealed: Uint8Array }[])[0]?.sealed ?? []).includes('secret')).toBe(false)
})
