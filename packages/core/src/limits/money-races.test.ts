import {
  createFakeTransport,
  event,
  json,
  stream,
  type ReplyScript,
  type SentRequest,
} from '../attempt/transport.fake.ts'
import { createEngine } from '../create-engine.ts'
import { config } from '../front/ask.fake.ts'
import type { AnswerSink } from '../engine.ts'
import type { SpekaError } from '../errors.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import { parseUsd, picoUsd } from '../money.ts'
import { readChatCall } from '../operations/chat/chat-call.ts'
import { createFakeClock, type FakeClock } from '../sandbox/clock.fake.ts'
import { mintRequestId } from '../uuid.ts'
import { createAdmission } from './leases/lease-admission.ts'
import { limitedBy, moneyLimit } from './limits.fake.ts'
import { ownBudgets } from './memory-budgets.ts'
import { unreachedLine } from './unreached-line.ts'

const WORDS = [
  ['base64', (length: number) => 'Qk1CaWduIHRoaW5n'.repeat(length)],
  ['UUIDs', (length: number) => '0f8e3c1a-5b7d-4e2f-9a6b-1c2d3e4f5a6b '.repeat(length)],
  ['emoji', (length: number) => '👩‍👩‍👧‍👦🏳️‍🌈'.repeat(length)],
] as const

/** Numbers that look as if they were drawn, the same each time. */
function drawn(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state % below
  }
}

/** An upstream that keeps to the bound it was sent, and else is as dear as it may be: a token a byte. */
const honest =
  (draw: (below: number) => number) =>
  ({ body }: SentRequest): ReplyScript => {
    if (draw(10) === 0) return json(500, {})
    const words = JSON.stringify(body['messages'])
    const most = Number(body['max_tokens'] ?? 9000)
    const tokens = Math.min(1 + draw(6000), most)
    const usage = { prompt_tokens: Buffer.byteLength(words), completion_tokens: tokens, total_tokens: 0 }
    const reason = tokens === most ? 'length' : 'stop'
    const base = { id: 'up-1', created: 1, model: 'up', object: 'chat.completion.chunk' }
    if (body['stream'] !== true) {
      const message = { role: 'assistant', content: 'x' }
      const choices = [{ index: 0, message, finish_reason: reason }]
      return [
        { head: 200, headers: { 'content-type': 'application/json' }, after: draw(50) },
        ...json(200, { ...base, choices, usage }).slice(1),
      ]
    }
    return stream(
      [
        event({ ...base, choices: [{ index: 0, delta: { content: 'x' }, finish_reason: null }] }),
        event({ ...base, choices: [{ index: 0, delta: {}, finish_reason: reason }] }),
        event({ ...base, choices: [], usage }),
        'data: [DONE]\n\n',
      ],
      { end: true, after: draw(50) },
    )
  }

interface Heard {
  record?: UsageRecord
  refused?: SpekaError
}

test.each(WORDS)('many calls at once with prompts of %s never cost more than the budget has', async (_, words) => {
  for (const seed of [1, 2, 3]) await race(words, seed)
})

async function race(words: (length: number) => string, seed: number): Promise<void> {
  const draw = drawn(seed)
  const clock: FakeClock = createFakeClock()
  const cap = parseUsd('0.4')
  const limit = moneyLimit({ usd: '0.4' })
  const budgets = ownBudgets()
  const admission = createAdmission({ budgets, line: unreachedLine, clock })
  const engine = createEngine({
    config: {
      ...config,
      models: { ...config.models, a: { ...config.models?.['a'], context_window: 200_000 } },
    } as typeof config,
    instanceId: 'here',
    transport: createFakeTransport(clock, honest(draw)),
    clock,
    random: () => 0.5,
    limits: limitedBy([limit], admission),
  })
  let spent = 0n
  const all: Heard[] = []
  for (let number = 0; number < 120; number += 1) {
    const heard: Heard = {}
    all.push(heard)
    const body = {
      model: 'a',
      stream: draw(2) === 0,
      messages: [{ role: 'user', content: words(1 + draw(60)) }],
      ...(draw(2) === 0 && { max_tokens: 1 + draw(5000) }),
    }
    const facts = { id: mintRequestId(clock.now()), receivedAt: clock.now() }
    engine.start(readChatCall(Buffer.from(JSON.stringify(body)), facts), {
      ...quiet,
      settle(record) {
        heard.record = record
        return later(() => {
          budgets.settled(record)
          spent += record.charge ?? 0n
          expect(spent <= cap).toBe(true)
        })
      },
      refuse(error) {
        heard.refused = error
      },
    })
    if (draw(4) === 0) await clock.advance(draw(30))
  }
  await clock.advance(600_000)
  expect(admission.held('limit@0')).toBe(0n)
  expect(spent).toBeGreaterThan(cap / 2n)
  for (const { record, refused } of all) {
    expect(record === undefined).toBe(refused !== undefined)
    if (refused === undefined) continue
    expect(refused.code).toBe('insufficient_quota')
    // Refused is only who would have needed more than there was.
    const { limit: told = { limit: '0', spent: '0', held: '0' }, message } = refused
    const needed = parseUsd(/this request may cost up to (\S+) USD/.exec(message)?.[1] ?? '0')
    expect(needed + parseUsd(told.spent) + parseUsd(told.held) > parseUsd(told.limit)).toBe(true)
  }
  // All that is left can be had by one, and not a unit more.
  const budget = { id: 'limit@0', applied: limit, startsAt: 0, endsAt: Infinity, cap }
  const left = picoUsd(cap - spent)
  expect(await admission.admit({ amount: picoUsd(left + 1n), budgets: [budget] })).toMatchObject({ left })
  expect(await admission.admit({ amount: left, budgets: [budget] })).toMatchObject({ amount: left })
}

const later = (run: () => void): Promise<void> => Promise.resolve().then(run)

const quiet: AnswerSink = {
  commit() {},
  write: () => true,
  settle() {},
  finish() {},
  fail() {},
  refuse() {},
}
