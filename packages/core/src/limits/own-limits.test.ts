import {
  completion,
  createFakeTransport,
  json,
  saying,
  stream,
  type ReplyScript,
  type SentRequest,
} from '../attempt/transport.fake.ts'
import { config } from '../front/ask.fake.ts'
import { assembleGateway, type GatewayOptions } from '../gateway.ts'
import { formatUsd, parseUsd, picoUsd, zeroUsd } from '../money.ts'
import { createGateway as createNodeGateway } from '../node/create-gateway.ts'
import { createGateway as createWebGateway } from '../web/create-gateway.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import type { GatewayLimit } from './gateway-limit.ts'

const HOUR_MS = 3_600_000
const hello = { model: 'a', messages: [{ role: 'user' as const, content: 'hi' }], max_tokens: 5 }
/** What each answer costs: 10 tokens in for 1 µ$ each, and 5 out for 2 µ$. */
const COST = '0.00002'

type Script = readonly ReplyScript[] | ((request: SentRequest, index: number) => ReplyScript)

function limited(limits: readonly GatewayLimit[], more: Partial<GatewayOptions> & { script?: Script } = {}) {
  const { script = () => json(200, completion()), ...options } = more
  const clock = createFakeClock()
  const transport = createFakeTransport(clock, script)
  const gateway = assembleGateway({ config, transport, clock, random: () => 0.5, limits, ...options })
  /** Lets time go on until it is answered. */
  const over = async <Answer>(answer: Promise<Answer>): Promise<Answer> => {
    answer.catch(() => {})
    await clock.advance(HOUR_MS)
    return answer
  }
  return { clock, transport, gateway, over }
}

test.each([
  ['node', createNodeGateway],
  ['the web', createWebGateway],
])('a gateway for %s takes limits, and refuses those that make no sense', async (_, create) => {
  const gateway = create({ config: {}, limits: [{ usd: '5', window: 'day' }] })
  const { cost = '' } = await gateway.chat({ ...hello, model: 'speka/sandbox' })
  expect(await gateway.limits()).toMatchObject([{ limit: '5', spent: cost }])
  expect(() => create({ config: {}, limits: [{ usd: '-5' }] })).toThrow(RangeError)
})

test('a gateway without limits says that it has none', async () => {
  expect(await limited([]).gateway.limits()).toEqual([])
})

test('what is spent of a budget and what is left of it can be asked for', async () => {
  const { gateway, over } = limited([{ usd: '5', window: 'day' }, { rpm: 60 }])
  await over(gateway.chat(hello))
  expect(await gateway.limits()).toEqual([
    {
      subject: 'account',
      kind: 'usd',
      window: 'day',
      limit: '5',
      spent: COST,
      held: '0',
      remaining: '4.99998',
      resets_at: '2026-01-02T00:00:00.000Z',
      models: null,
      on_reached: 'stop',
      fallback: null,
    },
    expect.objectContaining({ kind: 'rpm', window: 'minute', limit: '60', remaining: '60' }),
  ])
})

test.each([{ streams: true }, { streams: false }])(
  'what is under way is set aside, and never counted twice while its record is kept (stream: $streams)',
  async ({ streams }) => {
    let keep: (() => void) | undefined
    const kept = new Promise<void>((resolve) => (keep = resolve))
    const script = [streams ? stream(saying('Hi')) : json(200, completion())]
    const { gateway, clock } = limited([{ usd: '5' }], { script, onUsage: () => kept })
    const answer = streams ? drained(gateway.streamChat(hello)) : gateway.chat(hello)
    await clock.advance(HOUR_MS)
    expect(await gateway.limits()).toMatchObject([{ spent: '0', held: COST, remaining: '4.99998' }])
    keep?.()
    await clock.advance(0)
    await answer
    expect(await gateway.limits()).toMatchObject([{ spent: COST, held: '0', remaining: '4.99998' }])
  },
)

test('a budget that has too little refuses before anything is sent, with the limit and when it begins anew', async () => {
  const { gateway, transport, over } = limited([{ usd: '0.0001', window: 'day' }])
  await expect(over(gateway.chat(hello))).rejects.toMatchObject({
    name: 'SpekaError',
    code: 'insufficient_quota',
    status: 402,
    limit: { subject: 'account', kind: 'usd', window: 'day', limit: '0.0001', spent: '0' },
  })
  expect(transport.sent).toEqual([])
})

test('a new day has a new budget', async () => {
  const { gateway, clock, over } = limited([{ usd: '0.0111', window: 'day' }])
  const spentUp = async (): Promise<number> => {
    for (let answers = 0; ; answers += 1) {
      const answer = gateway.chat(hello)
      answer.catch(() => {})
      await clock.advance(1)
      try {
        await answer
      } catch {
        return answers
      }
    }
  }
  const answers = await spentUp()
  expect(answers).toBeGreaterThan(1)
  await clock.advance(24 * HOUR_MS)
  expect(await gateway.limits()).toMatchObject([{ spent: '0' }])
  await over(gateway.chat(hello))
})

test('requests a minute are limited, and free again a minute later', async () => {
  const { gateway, clock } = limited([{ rpm: 2 }])
  const asked = async () => {
    const answer = gateway.chat(hello)
    answer.catch(() => {})
    await clock.advance(1)
    return answer
  }
  await asked()
  await asked()
  await expect(asked()).rejects.toMatchObject({
    code: 'rate_limit_exceeded',
    status: 429,
    limit: { kind: 'rpm', window: 'minute', limit: '2' },
  })
  await clock.advance(60_000)
  await asked()
})

test('tokens a minute are limited, and whoever asks for more than there are is told so', async () => {
  const { gateway, over, transport } = limited([{ tpm: 20 }])
  await expect(over(gateway.chat(hello))).rejects.toMatchObject({
    code: 'rate_limit_exceeded',
    limit: { kind: 'tpm', window: 'minute', limit: '20', spent: '0' },
  })
  expect(transport.sent).toEqual([])
})

test('requests at once are limited, and their places given back however they end', async () => {
  const { gateway, over } = limited([{ max_parallel: 1 }], { script: [json(400, {}), json(200, completion())] })
  const [first, second] = await over(Promise.allSettled([gateway.chat(hello), gateway.chat(hello)]))
  expect(first).toMatchObject({ status: 'rejected', reason: { code: 'invalid_request' } })
  expect(second).toMatchObject({ status: 'rejected', reason: { code: 'rate_limit_exceeded' } })
  await over(gateway.chat(hello))
  expect(await gateway.limits()).toMatchObject([{ kind: 'max_parallel', held: '0', remaining: '1' }])
})

describe('each customer', () => {
  const each: GatewayLimit = { rpm: 1, subject: { each: 'customer' } }

  test('has the limit for itself, named by the option or in the request', async () => {
    const { gateway, clock } = limited([each])
    const asked = async (customer?: string, user?: string): Promise<string> => {
      const answer = gateway.chat({ ...hello, ...(user !== undefined && { user }) }, { customer })
      answer.catch(() => {})
      await clock.advance(1)
      return answer.then(
        () => 'answered',
        (error: { code: string }) => error.code,
      )
    }
    expect(await asked('ann')).toBe('answered')
    expect(await asked('bob')).toBe('answered')
    expect(await asked(undefined, 'ann')).toBe('rate_limit_exceeded')
    expect(await asked()).toBe('answered')
    expect(await asked()).toBe('answered')
    expect(await gateway.limits()).toEqual([])
    expect(await gateway.limits({ customer: 'ann' })).toMatchObject([{ subject: 'each customer', remaining: '0' }])
    expect(await gateway.limits({ customer: 'eve' })).toMatchObject([{ remaining: '1' }])
  })

  test('of one the limit is nobody else’s', async () => {
    const { gateway, over } = limited([{ usd: '0', subject: { customer: 'ann' } }])
    await over(gateway.chat(hello, { customer: 'bob' }))
    await expect(over(gateway.chat(hello, { customer: 'ann' }))).rejects.toMatchObject({ code: 'insufficient_quota' })
  })

  test('whose name cannot be one is refused', async () => {
    const { gateway } = limited([each])
    await expect(gateway.chat(hello, { customer: '\u0007' })).rejects.toMatchObject({ code: 'invalid_value' })
  })
})

test('a limit for some models leaves the others alone', async () => {
  const { gateway, over } = limited([{ usd: '0', models: 'b*' }])
  await over(gateway.chat(hello))
  await expect(over(gateway.chat({ ...hello, model: 'b' }))).rejects.toMatchObject({ code: 'insufficient_quota' })
  await expect(over(gateway.chat({ ...hello, models: ['b'] }))).rejects.toMatchObject({ code: 'insufficient_quota' })
})

test('a limit that falls back asks its own models once it is reached', async () => {
  const records: UsageRecord[] = []
  const fallback: GatewayLimit = { usd: '0', models: 'b', on_reached: 'fallback', fallback: ['a'] }
  const { gateway, over } = limited([fallback], { onUsage: (record) => void records.push(record) })
  expect(await over(gateway.chat({ ...hello, model: 'b' }))).toMatchObject({ model: 'a' })
  expect(records).toMatchObject([{ model: 'a', notes: { limit_fallback: expect.any(String) } }])
})

test('a limit that notifies refuses nothing, and counts', async () => {
  const { gateway, over } = limited([{ usd: '0', on_reached: 'notify' }])
  await over(gateway.chat(hello))
  expect(await gateway.limits()).toMatchObject([{ spent: COST, remaining: '0' }])
})

test('what is called through the engine or the fetch counts as well', async () => {
  const { gateway, over } = limited([{ usd: '5' }])
  const init = { method: 'POST', body: JSON.stringify(hello) }
  expect((await over(gateway.fetch('http://x/v1/chat/completions', init))).status).toBe(200)
  expect(await gateway.limits()).toMatchObject([{ spent: COST, held: '0' }])
})

test('the fetch tells a refusal as the server does', async () => {
  const { gateway, over } = limited([{ usd: '0', window: 'month' }])
  const init = { method: 'POST', body: JSON.stringify(hello) }
  const response = await over(gateway.fetch('http://x/v1/chat/completions', init))
  expect([response.status, response.headers.has('retry-after')]).toEqual([402, true])
  expect(await response.json()).toMatchObject({ error: { code: 'insufficient_quota', limit: { window: 'month' } } })
})

test('fifty calls at once never cost more than the budget has', async () => {
  for (const [words, seed] of [
    ['Qk1CaWduIHRoaW5n'.repeat(20), 1],
    ['👩‍👩‍👧‍👦'.repeat(20), 2],
  ] as const)
    await race(words, seed)
})

/** An upstream that keeps to its bound, as dear as it may be otherwise: a token for each byte. */
async function race(words: string, seed: number): Promise<void> {
  let drawn = seed
  const draw = (below: number): number => (drawn = (drawn * 1_103_515_245 + 12_345) % 2_147_483_648) % below
  const script: Script = ({ body }) => {
    const usage = {
      prompt_tokens: Buffer.byteLength(JSON.stringify(body['messages'])),
      completion_tokens: Math.min(Number(body['max_tokens']), 1 + draw(50)),
    }
    const headers = { 'content-type': 'application/json' }
    return [{ head: 200, headers, after: 1 + draw(100) }, ...json(200, { ...completion(), usage }).slice(1)]
  }
  let [spent, answered] = [0n, 0]
  const onUsage = ({ charge = zeroUsd }: UsageRecord): void => {
    spent += charge
    answered += 1
  }
  const { gateway, over, transport } = limited([{ usd: '0.03' }], { script, onUsage })
  const call = { ...hello, max_tokens: 50, messages: [{ role: 'user' as const, content: words }] }
  const settled = await over(Promise.allSettled(Array.from({ length: 50 }, () => gateway.chat(call))))
  expect(spent).toBeLessThanOrEqual(parseUsd('0.03'))
  expect(answered).toBeGreaterThan(0)
  expect(transport.sent).toHaveLength(answered)
  expect(await gateway.limits()).toMatchObject([{ spent: formatUsd(picoUsd(spent)), held: '0' }])
  const refused = settled.filter((one) => one.status === 'rejected')
  expect(refused).toHaveLength(50 - answered)
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'insufficient_quota' })
}

async function drained(answer: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of answer) continue
}
