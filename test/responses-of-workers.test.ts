import OpenAI from 'openai'
import { conformingFetch } from './support/conformance/conforming-fetch.ts'
import { spawnGateway, type Gateway } from './support/spawn-gateway.ts'

const encryptionKey = 'q83vEjRWeJqrze8BI0VniavN7wEjRWeJq83vASNFZ4k='
const model = 'speka/sandbox'

/** All that the gateway answers here is held to OpenAI's description. */
const wire = conformingFetch()

let gateway: Gateway
let client: OpenAI

beforeAll(async () => {
  gateway = await spawnGateway({ responses: { keep: { encryption_key: encryptionKey } } }, { args: ['--workers', '2'] })
  // Each request on a connection of its own, so that either worker may get it.
  const defaultHeaders = { connection: 'close' }
  client = new OpenAI({ baseURL: gateway.baseURL, apiKey: gateway.key, maxRetries: 0, fetch: wire, defaultHeaders })
})
afterEach(() => wire.verify())
afterAll(() => gateway?.close())

test('the official OpenAI SDK goes on with a response, asks about it and deletes it, whichever worker it comes to', async () => {
  const first = await client.responses.create({ model, input: 'My name is Ann.' })
  let last = first
  for (let turn = 0; turn < 5; turn += 1) {
    const next = await client.responses.create({ model, input: `Turn ${turn}`, previous_response_id: last.id })
    expect(next).toMatchObject({ previous_response_id: last.id, status: 'completed' })
    last = next
  }
  const items = []
  for await (const item of client.responses.inputItems.list(last.id, { order: 'asc', limit: 3 })) items.push(item)
  expect(items).toHaveLength(11)
  expect(items[0]).toMatchObject({ role: 'user', content: [{ type: 'input_text', text: 'My name is Ann.' }] })
  expect(items[1]).toMatchObject({ id: first.output[0]?.id, role: 'assistant', content: [{ text: first.output_text }] })

  const { output_text: text, ...whole } = last
  for (let look = 0; look < 5; look += 1) {
    const again = await client.responses.retrieve(last.id)
    expect(again).toMatchObject(whole)
    expect(again.output_text).toBe(text)
  }
  await client.responses.delete(last.id)
  for (let look = 0; look < 5; look += 1)
    await expect(client.responses.retrieve(last.id)).rejects.toMatchObject({ status: 404, code: 'response_not_found' })
  expect(await client.responses.retrieve(first.id)).toMatchObject({ id: first.id })
})

test('a streamed response is gone on with at once, by the id that its first event told', async () => {
  const stream = await client.responses.create({ model, input: 'Hi', stream: true })
  let id = ''
  for await (const event of stream) if (event.type === 'response.created') ({ id } = event.response)
  const next = client.responses.stream({ model, input: 'And?', previous_response_id: id })
  expect(await next.finalResponse()).toMatchObject({ previous_response_id: id, status: 'completed' })
})
