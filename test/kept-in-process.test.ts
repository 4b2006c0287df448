import { createGateway, type GatewayConfig } from '@speka/core/node'
import { responseOf, said } from '../packages/core/src/providers/openai/__fixtures__/responses.ts'
import { json, startScriptedUpstream, type ScriptedUpstream } from './support/scripted-upstream.ts'

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
