import type { Layer } from '../engine.ts'
import { SpekaError } from '../errors.ts'
import { ask, type Asked, type AskOptions } from '../front/ask.fake.ts'
import { startLater } from '../layers/start-later.ts'
import { json, saying, stream, type ReplyScript } from '../attempt/transport.fake.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'
import type { AppliedRate } from './limit.ts'
import type { Rates } from './rates.ts'
import { LocalRates } from './rates/local-rates.ts'
import { RateCounts } from './rates/rate-counts.ts'
import { rate } from './rates/rates.fake.ts'
import type { OnRefused } from './on-refused.ts'
import { ratesLayer, tokenRatesLayer } from './rates-layer.ts'

/** Calls of one key with these rates; `within` puts something else between the rates and the tokens. */
function limited(applied: readonly AppliedRate[] | undefined, rates: Rates = counted()) {
  const book = { appliedTo: () => (applied === undefined ? undefined : { money: [], rates: applied }) }
  const refused: string[] = []
  const onRefused: OnRefused = (_, { limit }) => void refused.push(limit.rule.kind)
  const parts = { book, rates, onRefused, clock: createFakeClock() }
  return {
    rates,
    /** By which kind of rate, each time that a call was refused. */
    refused,
    remaining: () => rates.known(applied ?? []).map(({ remaining }) => remaining),
    ask(script: readonly ReplyScript[] = [whole], { within = [], ...options }: LimitedOptions = {}): Asked {
      const layers = { rates: [ratesLayer(parts)], guards: within, money: [tokenRatesLayer(parts)] }
      return ask(script, { layers, ...options })
    },
  }
}

interface LimitedOptions extends AskOptions {
  readonly within?: readonly Layer[]
}

const counted = (): Rates => new LocalRates({ counts: new RateCounts(), now: () => 0 })
const whole = stream(saying('Hello', ' you'))

function thrownBy(run: () => unknown): SpekaError {
  try {
    run()
  } catch (error) {
    if (SpekaError.is(error)) return error
  }
  throw new Error('nothing was refused')
}

describe('a call of a key with rates', () => {
  test('is refused beyond them, with the limit, when to come back, and where they stand', async () => {
    const key = limited([rate('rpm', 1), rate('rpd', 500)])
    await key.ask().over()
    const error = thrownBy(() => key.ask())
    expect(error).toMatchObject({ code: 'rate_limit_exceeded', retryAfterMs: 60_000, retry: true })
    expect(error.message).toBe('The limit of 1 request a minute for this key is reached. Try again in 60 s.')
    expect(error.limit).toEqual({
      subject: 'key',
      kind: 'rpm',
      window: 'minute',
      limit: '1',
      spent: '1',
      held: '0',
      resets_at: '2026-01-01T00:01:00.000Z',
    })
    expect(error.rates).toEqual({ requests: { limit: 1, remaining: 0, resetMs: 60_000 } })
    expect(key.remaining()).toEqual([0, 499])
    expect(key.refused).toEqual(['rpm'])
  })

  test('tells where its rates stand while it runs', () => {
    const { run } = limited([rate('rpm', 60), rate('rpd', 500), rate('tpm', 1000)]).ask()
    expect(run.rates?.requests).toMatchObject({ limit: 60, remaining: 59 })
    expect(run.rates?.tokens?.limit).toBe(1000)
    expect(run.rates?.tokens?.remaining).toBeLessThan(1000)
  })

  test.each([
    { how: 'ends well', script: whole, end: 'finish' },
    { how: 'fails', script: json(400, { error: { message: 'no' } }), end: 'fail' },
  ])('is under way until it $how', async ({ script, end }) => {
    const key = limited([rate('max_parallel', 1)])
    const asked = key.ask([script])
    expect(key.remaining()).toEqual([0])
    expect(thrownBy(() => key.ask())).toMatchObject({ code: 'rate_limit_exceeded', retryAfterMs: 1000 })
    await asked.over()
    expect(asked.calls.at(-1)).toBe(end)
    expect(key.remaining()).toEqual([1])
  })

  test('is under way until its caller leaves', async () => {
    const key = limited([rate('max_parallel', 1), rate('rpm', 5)])
    const asked = key.ask([stream(saying('Hello').slice(0, 2))])
    await asked.clock.advance(10)
    asked.run.abort()
    await asked.clock.advance(10)
    expect(key.remaining()).toEqual([1, 4])
  })

  test.each([
    { by: 'a guard', options: { within: [refusing('model_not_allowed')] }, code: 'model_not_allowed' },
    { by: 'the route', options: { model: 'nobody' }, code: 'model_not_found' },
    { by: 'its tokens', options: { request: { max_tokens: 99_999 } }, code: 'rate_limit_exceeded' },
  ])('that is refused by $by at once does not count', ({ options, code }) => {
    const key = limited([rate('rpm', 5), rate('tpm', 1000), rate('max_parallel', 1)])
    const error = thrownBy(() => key.ask([], options))
    expect(error.code).toBe(code)
    expect(error.rates?.requests).toMatchObject({ limit: 5, remaining: 5 })
    expect(key.remaining()).toEqual([5, 1000, 1])
  })

  test('that is refused after a while, or left before it began, does not count', async () => {
    const key = limited([rate('rpm', 5), rate('max_parallel', 1)])
    const refused = key.ask([], { within: [refusingLater('model_not_allowed')] })
    expect(key.remaining()).toEqual([4, 0])
    await refused.clock.advance(0)
    expect(refused.error?.code).toBe('model_not_allowed')
    expect(refused.error?.rates?.requests?.remaining).toBe(5)
    const left = key.ask([], { within: [neverBeginning] })
    left.run.abort()
    await left.clock.advance(0)
    expect(left.error?.code).toBe('client_closed_request')
    expect(key.remaining()).toEqual([5, 1])
  })

  test('counts the tokens that it may need, and then those that it used', async () => {
    const key = limited([rate('tpm', 1000)])
    const asked = key.ask([whole], { request: { max_tokens: 500 } })
    expect(key.remaining()[0]).toBeLessThan(500)
    const { record } = await asked.over()
    expect(key.remaining()).toEqual([1000 - (record.usage.inputTokens ?? 0) - (record.usage.outputTokens ?? 0)])
  })

  test('counts no tokens when nothing came of it', async () => {
    const key = limited([rate('tpm', 1000)])
    await key.ask([json(400, { error: { message: 'no' } })], { request: { max_tokens: 500 } }).over()
    expect(key.remaining()).toEqual([1000])
  })

  test('that could never fit is told so, and not to come back', () => {
    const error = thrownBy(() => limited([rate('tpm', 100)]).ask([], { request: { max_tokens: 500 } }))
    expect(error).toMatchObject({ code: 'rate_limit_exceeded', retry: false, retryAfterMs: undefined })
    expect(error.message).toContain('less than this one request may use. Lower max_tokens')
  })

  test.each([undefined, []])('is handed on as it is when no rate limits it', (applied) => {
    let handed = false
    const layer: Layer = (next) => ({
      start(call, sink) {
        handed = sink.constructor.name !== 'RatedRun'
        return next.start(call, sink)
      },
    })
    expect(limited(applied).ask([whole], { within: [layer] }).run.rates).toBeUndefined()
    expect(handed).toBe(true)
  })
})

function asking() {
  const here = counted()
  const answer = Promise.withResolvers<void>()
  const rates: Rates = {
    take: (wanted, tokens) => answer.promise.then(() => here.take(wanted, tokens)),
    standing: (wanted) => here.standing(wanted),
    known: (wanted) => here.known(wanted),
  }
  return { ...answer, key: limited([rate('rpm', 1), rate('max_parallel', 1)], rates) }
}

describe('a call whose rates are counted elsewhere', () => {
  test('begins when it may', async () => {
    const { key, resolve } = asking()
    const asked = key.ask()
    await asked.clock.advance(10)
    expect(asked.sent).toEqual([])
    resolve()
    await asked.over()
    expect(asked.text).toBe('Hello you')
    expect(asked.run.rates?.requests?.remaining).toBe(0)
    expect(key.remaining()).toEqual([0, 1])
    const second = key.ask([])
    await second.clock.advance(0)
    expect(second.error).toMatchObject({ code: 'rate_limit_exceeded', rates: { requests: { remaining: 0 } } })
  })

  test('gives back what it is granted after its caller has left', async () => {
    const { key, resolve } = asking()
    const asked = key.ask([])
    await asked.clock.advance(0)
    asked.run.abort()
    resolve()
    await asked.clock.advance(0)
    expect(asked.error?.code).toBe('client_closed_request')
    expect(key.remaining()).toEqual([1, 1])
  })

  test('is refused when nobody answers', async () => {
    const { key, reject } = asking()
    const asked = key.ask([])
    reject(new SpekaError('limit_unavailable', 'Nobody answers.', { retryAfterMs: 1000 }))
    await asked.clock.advance(0)
    expect(asked.error?.code).toBe('limit_unavailable')
  })
})

const refusal = (code: 'model_not_allowed') => new SpekaError(code, 'No.')

function refusing(code: 'model_not_allowed'): Layer {
  return () => ({
    start() {
      throw refusal(code)
    },
  })
}

function refusingLater(code: 'model_not_allowed'): Layer {
  return () => ({ start: (_, sink) => startLater(sink, () => Promise.reject(refusal(code))) })
}

const neverBeginning: Layer = () => ({ start: (_, sink) => startLater(sink, () => new Promise(() => {})) })
