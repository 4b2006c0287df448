import { ask } from '../front/ask.fake.ts'
import {
  completion,
  done,
  event,
  finish,
  json,
  role,
  saying,
  stream,
  streamHead,
  usageEvent,
  word,
  type ReplyScript,
} from './transport.fake.ts'

const whole = stream(saying('Hello', ' you'))
const failing: ReplyScript = json(500, {})
const renamed = (frames: string): string => frames.replaceAll('"up"', '"a"')

describe('a stream', () => {
  test('flows until its finish, which waits for the record, and ends with an end mark', async () => {
    const asked = await ask([whole]).over()
    expect(asked.calls).toEqual(['commit', 'write', 'settle', 'finish'])
    expect(asked.written).toBe(renamed(role() + word('Hello') + word(' you')))
    expect(asked.tail).toBe(renamed(finish()) + done)
    expect(asked.record).toMatchObject({
      outcome: 'complete',
      usage: { inputTokens: 10, outputTokens: 5 },
      charge: 20_000_000n,
    })
    expect(asked.sent[0]?.body['stream_options']).toEqual({ include_usage: true })
  })

  const wantsUsage = { request: { stream_options: { include_usage: true } } }

  test('that was asked for usage tells it once, with its exact cost', async () => {
    const asked = await ask([whole], wantsUsage).over()
    const [last] = asked.chunks.slice(-1)
    expect(last).toEqual({
      id: 'up-1',
      object: 'chat.completion.chunk',
      created: 1_700_000_000,
      model: 'a',
      choices: [],
      usage: {
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: 15,
        cost: 0.00002,
        cost_details: { total: '0.00002' },
      },
    })
    expect(asked.chunks.filter(({ usage }) => usage != null)).toHaveLength(1)
    expect(asked.endedWithDone).toBe(true)
  })

  test('of a model without a price tells usage and no cost', async () => {
    const asked = await ask([whole], { ...wantsUsage, model: 'free' }).over()
    expect(asked.chunks.at(-1)?.usage).toEqual({ prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 })
    expect(asked.record.charge).toBeUndefined()
  })

  test.each([
    ['has counts that are nonsense', [word('Hi'), finish(), usageEvent.replace('10', '-10'), done], 5],
    ['is missing', [word('Hi'), word(' there'), finish(), done], 2],
    ['is missing, where one event holds many words', [word('x'.repeat(40)), finish(), done], 10],
  ])('whose usage %s is counted by us, and says so', async (_, events, output) => {
    const asked = await ask([stream(events)], wantsUsage).over()
    const counted = { prompt_tokens: 5, completion_tokens: output, total_tokens: 5 + output, estimated: true }
    expect(asked.chunks.at(-1)).toMatchObject({ choices: [], usage: counted })
    expect(asked.record).toMatchObject({
      outcome: 'complete',
      charge: BigInt(5 + 2 * output) * 1_000_000n,
      usage: { estimated: true },
    })
  })

  test('shows no usage to who did not ask, wherever the upstream put it', async () => {
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
    const inWord = event({ id: 'up-1', model: 'up', choices: [{ index: 0, delta: { content: 'Hi' } }], usage })
    const inFinish = event({
      id: 'up-1',
      model: 'up',
      choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
      usage,
    })
    const asked = await ask([stream([inWord, inFinish, usageEvent, done])]).over()
    expect(asked.written + asked.tail).not.toContain('usage')
    expect(asked.record.usage).toMatchObject({ inputTokens: 10, outputTokens: 5 })
  })

  test.each([
    ['is closed without an end mark', stream([word('Hi'), finish()])],
    ['ends without a blank line', stream([word('Hi'), finish(), 'data: [DONE]'])],
    ['ends its finish without a blank line', stream([word('Hi'), finish().trimEnd()])],
    ['is closed inside its end mark', stream([word('Hi'), finish(), 'data: [DO'])],
    ['is closed inside its usage', stream([word('Hi'), finish(), usageEvent.slice(0, 90)])],
    ['has two end marks', stream([word('Hi'), finish(), done, done])],
    ['goes on after its end mark', stream([word('Hi'), finish(), done, word('more')])],
    ['is never closed after its end mark', [streamHead, { data: word('Hi') + finish() + done }]],
    ['is reset after its end mark', stream([word('Hi'), finish(), done], { fail: 'reset' })],
    ['is JSON instead', json(200, completion('Hi'))],
    ['comes in one piece', [streamHead, { data: saying('Hi').join('') }, { end: true }]],
    [
      'comes byte by byte',
      [
        streamHead,
        ...[...Buffer.from(saying('Hi').join(''))].map((byte) => ({ data: Buffer.of(byte) })),
        { end: true },
      ],
    ],
    ['has comments in between', stream([': ping\n\n', word('Hi'), ': ping\n\n', finish(), done])],
    ['has events that are not chat', stream(['event: ping\ndata: {}\n\n', word('Hi'), finish(), done])],
  ] satisfies [string, ReplyScript][])('that %s is whole', async (_, script) => {
    const asked = await ask([script]).over()
    expect(asked.text).toBe('Hi')
    expect(asked.chunks[0]?.choices[0]?.delta.role).toBe('assistant')
    expect(asked.record.outcome).toBe('complete')
    expect(asked.endedWithDone).toBe(true)
  })

  test('with an end mark and no finish is broken: a gateway on the way may put one behind anything', async () => {
    const asked = await ask([stream([word('Hi'), done])]).over()
    expect(asked.text).toBe('Hi')
    expect(asked.record).toMatchObject({ outcome: 'interrupted', charge: 0n })
    expect(asked.error?.code).toBe('upstream_incomplete')
    expect(asked.endedWithDone).toBe(false)
  })

  test('without any words is whole if it says that it is finished', async () => {
    const asked = await ask([stream([role(), finish(), done])]).over()
    expect(asked.calls).toEqual(['commit', 'settle', 'finish'])
    expect(asked.chunks).toHaveLength(2)
  })

  test('of two choices is not held back when the first has finished', async () => {
    const asked = ask([
      [
        streamHead,
        { data: word('A') + word('B', 1) + finish() },
        { data: word('b', 1), after: 10 },
        { data: finish(1), after: 10 },
        { end: true },
      ],
    ])
    await asked.clock.advance(10)
    expect(asked.written).toContain('"b"')
    await asked.over()
    expect(asked.record.outcome).toBe('complete')
  })

  test('of two choices, one after the other, is not whole when the second has begun', async () => {
    const asked = await ask([stream([word('A'), finish(), word('B', 1)])]).over()
    expect(asked.error?.code).toBe('upstream_incomplete')
    expect(asked.text).toBe('AB')
  })

  test('that was closed leaves no timer behind', async () => {
    const asked = ask([stream([word('Hi'), finish()])])
    await asked.clock.advance(10)
    expect(asked.calls).toContain('finish')
    expect(asked.clock.pending()).toBe(0)
  })

  test('of two choices is not whole while one of them has not finished', async () => {
    const asked = await ask([stream([word('A'), word('B', 1), finish()])]).over()
    expect(asked.error?.code).toBe('upstream_incomplete')
  })
})

describe('before the first output', () => {
  const errorEvent = event({ error: { message: 'overloaded', code: 503 } })
  const long: ReplyScript = [streamHead, { data: `data: ${'x'.repeat(2 * 1024 * 1024)}` }]

  test.each([
    ['an error', failing],
    ['an error event', stream([errorEvent])],
    ['a role, then an error event', stream([role(), errorEvent])],
    ['a role, then a reset', stream([role()], { fail: 'reset' })],
    ['a role, then a clean end', stream([role()])],
    ['nothing but an end mark', stream([done])],
    ['nothing at all', stream([])],
    ['an event that is not JSON', stream(['data: oops\n\n'])],
    ['a page instead', json(200, '<html>', { 'content-type': 'text/html' })],
    ['an error instead, as a success', json(200, { error: { message: 'no' } })],
    ['an event without end', long],
    [
      'a compressed stream',
      [{ head: 200, headers: { 'content-type': 'text/event-stream', 'content-encoding': 'br' } }],
    ],
    ['a redirect', [{ head: 302, headers: { 'content-type': 'text/event-stream' } }, { end: true }]],
    ['nothing for 30 s', []],
    ['nothing but the head for 30 s', [streamHead]],
    [
      'nothing but signs of life for five minutes',
      [streamHead, ...Array.from({ length: 40 }, () => ({ data: ': ping\n\n', after: 10_000 }))],
    ],
  ] satisfies [string, ReplyScript][])("%s is the next target's to mend", async (_, script) => {
    const asked = await ask([script, whole], { model: 'b' }).over()
    expect(asked.sent.map(({ to }) => to.id)).toEqual(['one', 'two'])
    expect(asked.text).toBe('Hello you')
    expect(asked.commitment).toMatchObject({ attempts: 2, target: { provider: 'two' } })
    expect(asked.record.outcome).toBe('complete')
  })

  test('the wait for it is as long as configured, and no longer', async () => {
    const asked = ask([[streamHead], whole], { model: 'b', config: { timeouts: { first_token_ms: 700 } } })
    await asked.clock.advance(699)
    expect(asked.sent).toHaveLength(1)
    await asked.clock.advance(1)
    expect(asked.sent).toHaveLength(2)
    await asked.over()
  })

  test('what fails to the last is an error, not a stream', async () => {
    const asked = await ask([stream([role(), errorEvent]), failing], { model: 'b' }).over()
    expect(asked.calls).toEqual(['settle', 'fail'])
    expect(asked.record).toMatchObject({ outcome: 'failed', charge: 0n })
  })

  test('very many empty events are not held for ever', async () => {
    const asked = ask([[streamHead, ...Array.from({ length: 64 }, () => ({ data: role() }))]])
    await asked.clock.advance(0)
    expect(asked.calls).toEqual(['commit', 'write'])
    asked.run.abort()
    await asked.over()
  })
})

describe('after the first output', () => {
  const begun = [role(), word('Hello'), word(' you')]

  test.each([
    ['a reset', stream(begun, { fail: 'reset' }), 'upstream_incomplete'],
    ['a clean end', stream(begun), 'upstream_incomplete'],
    ['a clean end inside an event', stream([...begun, word('x').slice(0, 40)]), 'upstream_incomplete'],
    ['an error event', stream([...begun, event({ error: { message: 'x' } })]), 'upstream_error'],
    ['a finish that says it broke', stream([...begun, finish().replace('stop', 'error')]), 'upstream_error'],
    ['an event that is not JSON', stream([...begun, 'data: {"a\n\n']), 'upstream_bad_response'],
    ['an event without end', stream([...begun, `data: ${'x'.repeat(2_000_000)}`]), 'upstream_bad_response'],
    ['silence', [streamHead, { data: begun.join('') }], 'upstream_timeout'],
    [
      'signs of life without an answer',
      [
        streamHead,
        { data: begun.join('') },
        ...Array.from({ length: 60 }, () => ({ data: ': ping\n\n', after: 10_000 })),
      ],
      'upstream_timeout',
    ],
  ] satisfies [string, ReplyScript, string][])(
    '%s is told after all that came, and nothing is tried again',
    async (_, script, code) => {
      const asked = await ask([script, whole], { model: 'b' }).over()
      expect(asked.sent).toHaveLength(1)
      expect(asked.text).toBe('Hello you')
      expect(asked.calls).toEqual(['commit', 'write', 'settle', 'fail'])
      expect(asked.error?.code).toBe(code)
      expect(asked.record).toMatchObject({ outcome: 'interrupted', errorCode: code, charge: 0n })
    },
  )

  test('in one piece with the failure, it still arrives', async () => {
    const asked = await ask([[streamHead, { data: `${word('Hello')}data: oops\n\n` }]]).over()
    expect(asked.text).toBe('Hello')
  })

  test.each([
    { timeouts: { idle_ms: 400 }, facts: {}, ends: 1099 },
    { timeouts: { idle_ms: 400 }, facts: { timeoutMs: 1000 }, ends: 1000 },
    { timeouts: { idle_ms: undefined }, facts: {}, ends: 30_699 },
  ])('silence is broken off at $ends ms', async ({ timeouts, facts, ends }) => {
    const said = [{ data: word('a') }, { data: word('b'), after: 300 }, { data: word('c'), after: 399 }]
    const asked = ask([[streamHead, ...said]], { config: { timeouts }, facts })
    await asked.clock.advance(ends - 1)
    expect(asked.calls).toEqual(['commit', 'write'])
    await asked.clock.advance(1)
    expect(asked.error?.code).toBe('upstream_timeout')
    await asked.over()
  })
})
