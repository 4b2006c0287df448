import { parsePricePerMillion } from '../money.ts'
import { readChatCall, type ChatCall } from '../operations/chat/chat-call.ts'
import { letGoOfPrompt } from '../attempt/prepare.ts'
import { mintRequestId } from '../uuid.ts'
import type { Price } from '../catalog/model.ts'
import type { PriceConfig, PriceRowConfig } from '../config.ts'
import { dearestRow, mayReadCacheForLess } from './dearest-row.ts'
import { planRoute } from './plan-route.ts'
import { readPrices } from './read-prices.ts'
import { buildRoutingTable } from './routing-table.ts'
import { readsCacheForLess } from './sticky-sessions.ts'

const rows: readonly PriceRowConfig[] = [
  { input: '1', output: '4' },
  { above_input_tokens: 1000, input: '2', output: '3', cached_input: '0.5' },
  { service_tier: 'priority', input: '10', output: '2' },
  { service_tier: 'flex', input: '0.5', output: '0.5' },
]

const callOf = (more: object = {}, words = 'Hi'): ChatCall =>
  readChatCall(Buffer.from(JSON.stringify({ model: 'm', messages: [{ role: 'user', content: words }], ...more })), {
    id: mintRequestId(0),
    receivedAt: 0,
  })

const long = 'word '.repeat(1000)

const onlyPriceOf = (written: PriceConfig | readonly PriceRowConfig[]): Price => {
  const [price] = readPrices(written)
  if (price === undefined) throw new Error('there is no price')
  return price
}

/** One for all calls: what is found out of a price is kept. */
const steppedPrice = onlyPriceOf(rows)
const dearest = (call: ChatCall | undefined) => dearestRow(steppedPrice, call)

test.each([
  { call: 'any call', asked: undefined, input: '10', output: '4' },
  { call: 'a short one in a tier that the upstream chooses', asked: callOf(), input: '10', output: '4' },
  { call: 'one that leaves it to the upstream', asked: callOf({ service_tier: 'auto' }), input: '10', output: '4' },
  { call: 'a short one in no tier', asked: callOf({ service_tier: 'default' }), input: '1', output: '4' },
  {
    call: 'a short one in a cheap tier, which it may not get',
    asked: callOf({ service_tier: 'flex' }),
    input: '1',
    output: '4',
  },
  { call: 'a long one in no tier', asked: callOf({ service_tier: 'default' }, long), input: '2', output: '4' },
  {
    call: 'one that just reaches a length, beyond which others are dearer,',
    asked: { ...callOf({ service_tier: 'default' }), mostPromptTokens: 1000 },
    input: '1',
    output: '4',
  },
  { call: 'one in the dear tier', asked: callOf({ service_tier: 'priority' }), input: '10', output: '4' },
  { call: 'a short one again', asked: callOf({ service_tier: 'default' }), input: '1', output: '4' },
])('the dearest that $call may meet costs $input and $output', ({ asked, input, output }) => {
  expect(dearest(asked)).toMatchObject({ input: parsePricePerMillion(input), output: parsePricePerMillion(output) })
})

test('a price of a single row is its own dearest', () => {
  const price = onlyPriceOf({ input: '1', output: '4' })
  expect(dearestRow(price, callOf())).toBe(price)
})

test.each([
  ['for less', '0.5', true],
  ['for as much', '1', false],
  ['without a price of its own', undefined, false],
])('a price of a single row reads a cache %s', (_, cached, isLess) => {
  const price = onlyPriceOf({ input: '1', output: '4', cached_input: cached })
  expect(mayReadCacheForLess(price, callOf())).toBe(isLess)
})

const provider = (name: string) => ({ type: 'openai-compatible', base_url: `http://${name}` }) as const
const table = (price: readonly PriceRowConfig[] = rows) =>
  buildRoutingTable({
    providers: { stepped: provider('stepped'), flat: provider('flat') },
    models: {
      m: {
        targets: [
          {
            provider: 'stepped',
            cost: [
              { input: '1', output: '1' },
              { above_input_tokens: 1000, input: '9', output: '9' },
            ],
          },
          { provider: 'flat', cost: { input: '2', output: '2' } },
        ],
        price,
      },
    },
  })

const circumstances = { random: () => 0.5, monotonic: 0 }

const planFor = (call: ChatCall, of = table()) =>
  planRoute({ endpoint: 'chat', model: 'm', models: [], call }, of, {}, circumstances)

test('what costs least is what costs least as dear as the call may meet it', () => {
  const sort = { provider: { sort: 'price' } }
  const order = (words: string): string[] => planFor(callOf(sort, words)).targets.map((target) => target.provider)
  expect(order('Hi')).toEqual(['stepped', 'flat'])
  expect(order(long)).toEqual(['flat', 'stepped'])
})

test('a price that may be above the limit is left out, and one that cannot be is not', () => {
  const limited = { provider: { max_price: { prompt: 1.5 } } }
  expect(planFor(callOf({ ...limited, service_tier: 'default' })).targets).toHaveLength(2)
  expect(() => planFor(callOf({ ...limited, service_tier: 'default' }, long))).toThrow(
    expect.objectContaining({ message: expect.stringContaining('its input may cost 2 USD per 1M tokens') }),
  )
  expect(() => planFor(callOf(limited))).toThrow('its input may cost 10 USD')
})

test('a session stays where a row that its call may meet reads the cache for less, also once the prompt has been let go', () => {
  const [target] = table().find('m')?.targets ?? []
  if (target === undefined) throw new Error('there is no target')
  expect(readsCacheForLess(target, callOf())).toBe(false)
  expect(readsCacheForLess(target, callOf({}, long))).toBe(true)
  expect(readsCacheForLess(target, letGoOfPrompt(callOf({ stream: true }, long)) as ChatCall)).toBe(true)
})
