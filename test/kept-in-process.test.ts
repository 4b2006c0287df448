import { createGateway, type GatewayConfig } from '@speka/core/node'
import OpenAI from 'openai'
import { responseOf, said, streamOf } from '../packages/core/src/providers/openai/__fixtures__/responses.ts'
import { chunk, json, startScriptedUpstream, streamHead, type ScriptedUpstream } from './support/scripted-upstream.ts'

/** A gateway in process has no pepper: what seals the ids of kept responses there is a secret that it is given. */

let upstream: ScriptedUpstream
let config: GatewayConfig

beforeAll(async () => {
  upstream = await startScriptedUpstream((request) => {
    const { previous_response_id: before = 'nothing' } = JSON.parse(request.body) as { previous_response_id?: string }
    return json(responseOf([said(`After ${before}.`)], { id: 'resp_upstream', store: true }))
  })
  config = {
    providers: { openai: { type: 'openai', base_url: upstream.baseURL, api_key: 'k' } },
    models: { 'gpt-5.6': { targets: [{ provider: 'openai' }] } },
  }
})

afterAll(() => upstream?.close())

const model = 'gpt-5.6'
const idSecret = 'a secret of this test, and of no other one'

test('a response that is kept is gone on with by its sealed id, also after another start', async () => {
  const first = await createGateway({ config, idSecret }).respond({ model, input: 'Hi' })
  expect(first.id).toMatch(/^resp_/)
  expect(first.id).not.toBe('resp_upstream')
  const again = createGateway({ config, idSecret })
  const second = await again.respond({ model, input: 'And?', previous_response_id: first.id })
  expect(JSON.stringify(second.output)).toContain('After resp_upstream.')
})

test('an id of another secret, or of the provider itself, leads nowhere', async () => {
  const { id } = await createGateway({ config, idSecret: idSecret.toUpperCase() }).respond({ model, input: 'Hi' })
  const gateway = createGateway({ config, idSecret })
  for (const previous_response_id of [id, 'resp_upstream'])
    await expect(gateway.respond({ model, input: 'And?', previous_response_id })).rejects.toMatchObject({
      code: 'previous_response_not_found',
    })
})

test('without a secret it is refused by name, with what to do', async () => {
  const asked = createGateway({ config }).respond({ model, input: 'And?', previous_response_id: 'resp_1' })
  await expect(asked).rejects.toMatchObject({
    code: 'unsupported_parameter',
    param: 'previous_response_id',
    message: expect.stringContaining('createGateway({ config, idSecret })'),
  })
})

test('a secret that is easily guessed is none', () => {
  expect(() => createGateway({ config, idSecret: 'short' })).toThrow(RangeError)
})

const clientOf = (): OpenAI => {
  const gateway = createGateway({ config, idSecret })
  return new OpenAI({ apiKey: 'unused', maxRetries: 0, fetch: gateway.fetch })
}

const made = async (client: OpenAI): Promise<string> => (await client.responses.create({ model, input: 'Hi' })).id

describe('the official SDK, given the gateway as its fetch', () => {
  const kept = responseOf([said('Kept.')], { id: 'resp_upstream', model: 'gpt-5.6-2026-07-09', store: true })

  test('retrieves what is kept, deletes it, and lists what it was asked with', async () => {
    const client = clientOf()
    const id = await made(client)
    upstream.on('*', json(kept))
    expect(await client.responses.retrieve(id)).toMatchObject({ id, model, output_text: 'Kept.' })
    upstream.on('*', json({ id: 'resp_upstream', object: 'response', deleted: true }))
    expect(await client.responses.delete(id)).toMatchObject({ id, deleted: true })
    upstream.on('*', json({ object: 'list', data: [{ id: 'msg_1' }], has_more: false }))
    expect((await client.responses.inputItems.list(id)).data).toEqual([{ id: 'msg_1' }])
    expect(upstream.seen.slice(-3).map((seen) => `${seen.method} ${seen.path}`)).toEqual([
      'GET /v1/responses/resp_upstream',
      'DELETE /v1/responses/resp_upstream',
      'GET /v1/responses/resp_upstream/input_items',
    ])
  })

  test('has it told once more as a stream', async () => {
    const client = clientOf()
    upstream.on(model, json(kept))
    const id = await made(client)
    const events = streamOf(kept).split(/(?<=\n\n)/)
    upstream.on('*', [streamHead, ...events.map((event) => chunk(event)), { write: '0\r\n\r\n' }])
    const types: string[] = []
    for await (const event of await client.responses.retrieve(id, { stream: true })) types.push(event.type)
    expect(types.at(-1)).toBe('response.completed')
    upstream.on('*', json({ error: { message: 'Not in the background.', type: 'invalid_request_error' } }, 400))
    await expect(client.responses.retrieve(id, { stream: true })).rejects.toMatchObject({ status: 400 })
  })

  test('counts a request before it is sent, and has a conversation made shorter', async () => {
    const client = clientOf()
    upstream.on(model, json({ object: 'response.input_tokens', input_tokens: 7 }))
    expect(await client.responses.inputTokens.count({ model, input: 'Hi' })).toMatchObject({ input_tokens: 7 })
    const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 }
    upstream.on(model, json({ id: 'resp_c', object: 'response.compaction', created_at: 1, output: [], usage }))
    const compacted = await client.responses.compact({ model, input: 'Hi' })
    expect(compacted).toMatchObject({ object: 'response.compaction', output: [] })
    expect(compacted.id).not.toBe('resp_c')
  })

  test('is told of what is not there, and of what would have no effect', async () => {
    const client = clientOf()
    await expect(client.responses.retrieve('resp_upstream')).rejects.toMatchObject({
      status: 404,
      code: 'response_not_found',
    })
    const query = { wait: true } as never
    await expect(client.responses.retrieve('resp_upstream', query, { query })).rejects.toMatchObject({ status: 400 })
  })
})
