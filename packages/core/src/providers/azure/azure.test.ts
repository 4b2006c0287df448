import { callOf, firstStep, target } from '../run-provider.contract.ts'
import { readEmbeddingsCall } from '../../operations/embeddings/embeddings-call.ts'
import { mintRequestId } from '../../uuid.ts'
import { placeOf } from '../known-providers.ts'
import { azure, deployments } from './azure.ts'

const body = '{"model":"a","messages":[{"role":"user","content":"Hi"}]}'
const our = { ...target, upstreamModel: 'our gpt/4o' }

test.each([
  ['https://acme.openai.azure.com', 'https://acme.openai.azure.com/openai/v1'],
  ['https://acme.openai.azure.com/', 'https://acme.openai.azure.com/openai/v1'],
  ['https://acme.openai.azure.com/openai/v1/', 'https://acme.openai.azure.com/openai/v1'],
  ['https://acme.openai.azure.com/openai/deployments/our-gpt', 'https://acme.openai.azure.com/openai/v1'],
  ['https://gateway.example/azure/openai', 'https://gateway.example/azure/openai/v1'],
])('%s is asked by the v1 API', (address, baseUrl) => {
  expect(placeOf('azure', { base_url: address })).toEqual({ baseUrl, adapter: azure, credentialHeader: 'api-key' })
})

test('a dated version is asked below the resource', () => {
  const { baseUrl, adapter } = placeOf('azure', {
    base_url: 'https://acme.openai.azure.com/openai/v1',
    api_version: '2024-10-21',
  })
  expect(baseUrl).toBe('https://acme.openai.azure.com/openai')
  expect(firstStep(adapter, callOf(body), our).path).toBe(
    '/deployments/our%20gpt%2F4o/chat/completions?api-version=2024-10-21',
  )
})

test('without an address there is none', () => {
  expect(placeOf('azure', {}).baseUrl).toBeUndefined()
})

describe('a dated version', () => {
  const dated = deployments('2025-04-01-preview')

  test('streams at the path of the deployment', () => {
    const call = callOf(body.replace('{', '{"stream":true,'))
    expect(dated.chat?.stream?.(call, our)?.request).toMatchObject({
      method: 'POST',
      path: '/deployments/our%20gpt%2F4o/chat/completions?api-version=2025-04-01-preview',
    })
  })

  test('embeds at the path of the deployment', () => {
    const call = readEmbeddingsCall(Buffer.from('{"model":"a","input":"Hi"}'), { id: mintRequestId(0), receivedAt: 0 })
    expect(dated.embeddings?.answer(call, our).next().value).toMatchObject({
      send: { path: '/deployments/our%20gpt%2F4o/embeddings?api-version=2025-04-01-preview' },
    })
  })

  test('asks for responses at the resource', () => {
    expect(firstStep(dated, callOf(body), { ...target, upstreamModel: 'gpt-5-codex' }).path).toBe(
      '/responses?api-version=2025-04-01-preview',
    )
  })

  test('is asked about what it keeps at the resource', () => {
    expect(dated.kept?.request('input_items', 'resp_1', 'limit=5').path).toBe(
      '/responses/resp_1/input_items?limit=5&api-version=2025-04-01-preview',
    )
    expect(dated.kept?.request('delete', 'resp_1', '').path).toBe('/responses/resp_1?api-version=2025-04-01-preview')
  })

  test('asks about responses that are kept at the resource', () => {
    expect(dated.kept?.request('retrieve', 'resp_1', 'include=a').path).toBe(
      '/responses/resp_1?include=a&api-version=2025-04-01-preview',
    )
  })

  test('reads what comes back', () => {
    const steps = dated.chat?.answer(callOf(body), our)
    steps?.next()
    const reply = '{"choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}'
    const step = steps?.next({ status: 200, headers: {}, body: Buffer.from(reply) })
    expect(step).toMatchObject({ done: true, value: { finishReason: 'stop' } })
  })
})
