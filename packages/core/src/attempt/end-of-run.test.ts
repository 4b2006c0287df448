import { SpekaError } from '../errors.ts'
import { ask } from '../front/ask.fake.ts'
import {
  completion,
  done,
  finish,
  json,
  role,
  saying,
  stream,
  streamHead,
  word,
  type ReplyScript,
} from './transport.fake.ts'

const busy = (headers = {}): ReplyScript => json(429, { error: { message: 'busy' } }, headers)
const answer = json(200, completion('Hi'))

describe('time', () => {
  const hang: ReplyScript = [{ head: 200, headers: { 'content-type': 'application/json' } }]

  test.each([
    { given: {}, config: { total_ms: 5000 }, ends: 5000 },
    { given: { timeoutMs: 2000 }, config: { total_ms: 5000 }, ends: 2000 },
    { given: { timeoutMs: 9000 }, config: { total_ms: 5000 }, ends: 5000 },
    { given: {}, config: { total_ms: undefined }, ends: 600_000 },
  ])('an answer that never comes ends after $ends ms', async ({ given, config: timeouts, ends }) => {
    const asked = ask([hang], { stream: false, facts: given, config: { timeouts } })
    await asked.clock.advance(ends - 1)
    expect(asked.calls).toEqual([])
    await asked.clock.advance(1)
    expect(asked.error).toMatchObject({ code: 'upstream_timeout', status: 504 })
    expect(asked.sent[0]?.aborted).toBe(true)
    await asked.over()
  })

  test('a wait that would outlast the deadline is not begun', async () => {
    const asked = ask([busy({ 'retry-after': '5' })], { stream: false, facts: { timeoutMs: 4000 } })
    await asked.clock.advance(0)
    expect(asked.error).toMatchObject({ code: 'rate_limit_exceeded', retryAfterMs: 5000 })
    await asked.over()
  })

  test('the deadline holds over all attempts together', async () => {
    const slow: ReplyScript = [{ after: 3000, head: 503 }, { end: true }]
    const asked = ask([slow, hang], { model: 'b', stream: false, facts: { timeoutMs: 4000 } })
    await asked.clock.advance(4000)
    expect(asked.error?.code).toBe('upstream_timeout')
    expect(asked.record.attempts.map(({ durationMs }) => durationMs)).toEqual([3000, 1000])
    await asked.over()
  })
})

describe('a caller that leaves', () => {
  test.each([
    { when: 'before the head', script: [[{ head: 200, after: 100 }]], stream: true, after: 50, charge: 0n },
    {
      when: 'while a JSON answer comes',
      script: [[{ head: 200 }, { data: '{' }]],
      stream: false,
      after: 50,
      charge: 0n,
    },
    { when: 'before the first output', script: [[streamHead, { data: role() }]], stream: true, after: 50, charge: 0n },
    {
      when: 'in the middle of a stream',
      script: [[streamHead, { data: word('Hi') }]],
      stream: true,
      after: 50,
      // Five tokens of prompt and the one that was delivered.
      charge: 7_000_000n,
    },
    { when: 'during the wait before a retry', script: [busy()], stream: false, after: 50, charge: 0n },
  ] satisfies { when: string; script: ReplyScript[]; stream: boolean; after: number; charge: bigint }[])(
    '$when is not told anything; the upstream is closed, the record kept',
    async ({ script, stream: streams, after, charge: due }) => {
      const asked = ask(script, { stream: streams })
      await asked.clock.advance(after)
      asked.run.abort()
      asked.run.abort()
      await asked.over()
      expect(asked.record).toMatchObject({ outcome: 'cancelled', errorCode: 'client_closed_request', charge: due })
      expect(asked.sent).toHaveLength(1)
    },
  )

  test.each([
    { in: 'a stream', script: [streamHead, { data: word('Hi') }], stream: true, charge: 7_000_000n },
    { in: 'a JSON answer', script: [{ head: 200 }, { data: '{' }], stream: false, charge: 0n },
  ] satisfies { in: string; script: ReplyScript; stream: boolean; charge: bigint }[])(
    'not of its own will is told so in $in, once it is recorded, and pays for what was delivered',
    async ({ script, stream: streams, charge }) => {
      const asked = ask([script], { stream: streams })
      await asked.clock.advance(50)
      const told = new SpekaError('invalid_api_key', 'This API key was revoked.')
      asked.run.abort(told)
      asked.run.abort()
      await asked.over()
      expect(asked.error).toBe(told)
      expect(asked.calls.slice(-2)).toEqual(['settle', 'fail'])
      expect(asked.record).toMatchObject({ outcome: 'cancelled', errorCode: 'invalid_api_key', charge })
      expect(asked.endedWithDone).toBe(false)
      expect(asked.sent[0]?.aborted).toBe(true)
    },
  )

  test('after the end changes nothing', async () => {
    const asked = await ask([stream(saying('Hi'))]).over()
    asked.run.abort()
    asked.run.resume()
    await asked.over()
    expect(asked.record.outcome).toBe('complete')
  })

  test('while the record is written is too late', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const asked = ask([answer], { stream: false, settle: () => promise })
    await asked.clock.advance(0)
    asked.run.abort()
    resolve()
    await asked.over()
    expect(asked.calls).toEqual(['commit', 'settle', 'finish'])
  })
})

const shutDown = () => Promise.reject(new SpekaError('server_shutdown', 'Bye.'))

describe('the ledger', () => {
  test.each([
    ['says no', () => Promise.reject(new Error('disk full'))],
    [
      'throws',
      () => {
        throw new Error('disk full')
      },
    ],
  ])('that %s turns a finished answer into a failed one', async (_, settle) => {
    for (const script of [answer, stream(saying('Hi'))]) {
      const asked = await ask([script], { stream: script !== answer, settle }).over()
      expect(asked.error).toMatchObject({ code: 'storage_unavailable', status: 503, retry: true })
      expect(asked.error?.message).not.toContain('disk')
      expect(asked.tail).toBe('')
    }
  })

  test('may say why in its own words', async () => {
    expect((await ask([answer], { stream: false, settle: shutDown }).over()).error?.code).toBe('server_shutdown')
  })

  test('is asked before the end, which waits for it', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const asked = ask([stream(saying('Hi', ' you'))], { settle: () => promise })
    await asked.clock.advance(10)
    expect(asked.calls).toEqual(['commit', 'write', 'settle'])
    expect(asked.written).toBe((role() + word('Hi') + word(' you')).replaceAll('"up"', '"a"'))
    resolve()
    await asked.over()
    expect(asked.tail).toBe((finish() + done).replaceAll('"up"', '"a"'))
  })

  test('is not needed by a caller who has left', async () => {
    const asked = ask([[]], { settle: () => Promise.reject(new Error('disk full')) })
    asked.run.abort()
    await asked.over()
    expect(asked.calls).toEqual(['settle'])
  })
})
