import { inspect } from 'node:util'
import { load } from '@langchain/core/load'
import { HumanMessage } from '@langchain/core/messages'
import { createGateway } from '@speka/core/node'
import { ChatSpeka } from './chat-speka.ts'
import { countTokens } from './count-tokens.ts'

const secret = 'sk-speka-live-never-to-be-seen'

describe('a model as JSON', () => {
  const model = new ChatSpeka({ model: 'a/b', apiKey: secret, temperature: 0.5, models: ['c/d'], maxTokens: 9 })

  test('names the variable of its key, and not the key', () => {
    expect(JSON.stringify(model)).not.toContain(secret)
    expect(model.toJSON()).toMatchObject({
      type: 'constructor',
      id: ['langchain', 'chat_models', 'speka', 'ChatSpeka'],
      kwargs: { model: 'a/b', temperature: 0.5, api_key: { lc: 1, type: 'secret', id: ['SPEKA_API_KEY'] } },
    })
  })

  test('comes back as it was', async () => {
    const back = await load<ChatSpeka>(JSON.stringify(model), {
      secretsMap: { SPEKA_API_KEY: secret },
      importMap: { chat_models__speka: { ChatSpeka } },
    })
    expect(back).toBeInstanceOf(ChatSpeka)
    expect(back.apiKey).toBe(secret)
    expect(back.invocationParams()).toEqual(model.invocationParams())
  })

  test('shows its key to no log', () => {
    expect(inspect(model, { depth: 5, showHidden: false })).not.toContain(secret)
    expect(JSON.stringify(model.lc_kwargs)).not.toContain(secret)
  })

  test('shows the headers of its connection to no log', () => {
    const made = new ChatSpeka({ model: 'a/b', headers: { 'cf-access-client-secret': secret } })
    expect(JSON.stringify(made) + inspect(made, { depth: 5 })).not.toContain(secret)
  })

  test('has no live client among its arguments', () => {
    const made = new ChatSpeka({ model: 'a/b', gateway: createGateway({ config: {} }) })
    expect(made.lc_kwargs).toEqual({ model: 'a/b' })
    expect(JSON.parse(JSON.stringify(made)).kwargs).toEqual({ model: 'a/b' })
    expect(Object.keys(made)).not.toContain('gateway')
  })
})

const key = (fields = {}) =>
  new ChatSpeka({ model: 'a/b', ...fields })._getSerializedCacheKeyParametersForCall({} as never)

describe('tracers and caches', () => {
  const model = new ChatSpeka({ model: 'a/b', temperature: 0, maxTokens: 100, stopSequences: ['.'] })

  test('know the model by the parameters of LangSmith', () => {
    expect(model.getLsParams({} as never)).toEqual({
      ls_provider: 'speka',
      ls_model_name: 'a/b',
      ls_model_type: 'chat',
      ls_temperature: 0,
      ls_max_tokens: 100,
      ls_stop: ['.'],
    })
    expect(model.getLsParams({ temperature: 1, stop: ['!'] } as never)).toMatchObject({
      ls_temperature: 1,
      ls_stop: ['!'],
    })
  })

  test('know every parameter that changes an answer', () => {
    const keys = [
      {},
      { temperature: 1 },
      { models: ['c/d'] },
      { provider: { only: ['x'] } },
      { stop: ['.'] },
      { baseURL: 'http://x/v1' },
    ].map(key)
    expect(new Set(keys).size).toBe(keys.length)
    expect(key()).toBe(key())
  })

  test('know its name', () => {
    expect(model._llmType()).toBe('speka')
    expect(model.getName()).toBe('ChatSpeka')
    expect(model.callKeys).toEqual(expect.arrayContaining(['tools', 'tool_choice', 'models', 'temperature', 'signal']))
  })
})

describe('the profile', () => {
  const config = {
    providers: { local: { type: 'vllm', base_url: 'http://127.0.0.1:1/v1' } },
    models: { own: { targets: [{ provider: 'local' }], context_window: 4000 } },
  } as const

  test.each([
    {
      model: 'speka/sandbox',
      profile: { maxInputTokens: 128_000, toolCalling: true, structuredOutput: true, imageInputs: false },
    },
    { model: 'speka/sandbox:429x1', profile: { maxInputTokens: 128_000, toolCalling: true } },
    { model: 'moonshotai/kimi-k2.6', profile: { maxInputTokens: 262_144, imageInputs: true, reasoningOutput: true } },
    // DeepSeek answers with JSON, but takes no schema for it.
    { model: 'deepseek-ai/deepseek-v4-flash', profile: { toolCalling: true, structuredOutput: false } },
    { model: 'meta/llama-3.2-90b-vision-instruct', profile: { toolCalling: false, imageInputs: true } },
  ])('of $model is what the catalog says, in process and through a server', ({ model, profile }) => {
    expect(new ChatSpeka({ model, gateway: createGateway({ config }) }).profile).toMatchObject(profile)
    expect(new ChatSpeka({ model }).profile).toMatchObject(profile)
  })

  test('of a model of the operator says only what was configured', () => {
    expect(new ChatSpeka({ model: 'own', gateway: createGateway({ config }) }).profile).toEqual({
      maxInputTokens: 4000,
    })
    expect(new ChatSpeka({ model: 'own' }).profile).toEqual({})
  })
})

test.each([
  { text: '', tokens: 0 },
  { text: 'Hello, world!', tokens: 4 },
  { text: 'Съешь же ещё этих мягких булок', tokens: 18 },
  { text: '我能吞下玻璃而不伤身体', tokens: 12 },
])('"$text" has about $tokens tokens', ({ text, tokens }) => {
  expect(countTokens(text)).toBe(tokens)
})

test('an image counts as 85 tokens', () => {
  const { content } = new HumanMessage([
    { type: 'text', text: 'Look' },
    { type: 'image_url', image_url: { url: 'data:,' } },
  ])
  expect(countTokens(content)).toBe(86)
})
