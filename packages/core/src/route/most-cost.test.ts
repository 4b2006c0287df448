import { formatUsd } from '../money.ts'
import { mintRequestId } from '../uuid.ts'
import { writeChatCall } from '../operations/chat/chat-call.ts'
import type { ChatRequest } from '../operations/chat/chat.ts'
import { writeEmbeddingsCall } from '../operations/embeddings/embeddings-call.ts'
import { mostCost } from './most-cost.ts'
import { buildRoutingTable } from './routing-table.ts'

const local = { type: 'openai-compatible', base_url: 'http://local/v1' } as const
const targets = [{ provider: 'local' }]
const table = buildRoutingTable({
  providers: { local },
  models: {
    cheap: { targets, price: { input: '1', output: '2' } },
    dear: { targets, price: { input: '10', output: '20' } },
    unpriced: { targets },
  },
})

const facts = { id: mintRequestId(0), receivedAt: 0 }
const cost = (request: Partial<ChatRequest>, expected = 1000): string | undefined => {
  const call = writeChatCall({ model: 'cheap', messages: [{ role: 'user', content: 'Hi' }], ...request }, facts)
  const most = mostCost(call, table, expected)
  return most === undefined ? undefined : formatUsd(most)
}

describe('the most a call can cost', () => {
  test('is that of its prompt and of the longest answer it allows', () => {
    const empty = Number(cost({ max_tokens: 0 }))
    expect(empty).toBeGreaterThan(0)
    expect(Number(cost({ max_tokens: 500 }))).toBeCloseTo(empty + 0.001, 6)
  })

  test('takes the answer to be as long as expected, for each choice, when nothing limits it', () => {
    expect(Number(cost({ n: 3 })) - Number(cost({}, 0))).toBeCloseTo(0.006, 4)
  })

  test('is that of the dearest model that may answer', () => {
    expect(Number(cost({ models: ['dear'], max_tokens: 1000 }))).toBeGreaterThan(0.02)
    expect(Number(cost({ model: 'dear', models: ['cheap'], max_tokens: 1000 }))).toBeGreaterThan(0.02)
  })

  test.each([
    ['has no price', { model: 'unpriced' }],
    ['has no price, though it only stands by', { models: ['unpriced'] }],
    ['does not exist', { model: 'nowhere' }],
  ])('is unknown where a model %s', (_, request) => {
    expect(cost(request)).toBeUndefined()
  })

  test('of embeddings is that of their input', () => {
    const call = writeEmbeddingsCall({ model: 'cheap', input: 'x'.repeat(3000) }, facts)
    expect(Number(formatUsd(mostCost(call, table, 1000) ?? (0n as never)))).toBeCloseTo(0.001, 4)
  })
})
