import type { Layer } from '../engine.ts'
import { SpekaError } from '../errors.ts'
import { ask, type AskOptions } from '../front/ask.fake.ts'
import { json, completion, saying, stream } from '../attempt/transport.fake.ts'
import { startLater, type Begin } from './start-later.ts'

const whole = stream(saying('Hello', ' you'))

/** A call that waits until the test says how it goes on. */
function waiting(options: AskOptions = {}, script = whole) {
  const opened = Promise.withResolvers<void>()
  const signals: AbortSignal[] = []
  const layer: Layer = (next) => ({
    start: (call, sink) =>
      startLater(sink, async (signal): Promise<Begin> => {
        signals.push(signal)
        await opened.promise
        return () => next.start(call, sink)
      }),
  })
  return { ...opened, signals, asked: ask([script], { layers: [layer], ...options }) }
}

/** Has nothing to wait for. */
const atOnce: Layer = (next) => ({
  start: (call, sink) => startLater(sink, async () => () => next.start(call, sink)),
})

describe('a run that waits before it begins', () => {
  test('begins once it may, and is then as any other', async () => {
    const { asked, resolve } = waiting()
    asked.run.resume()
    await asked.clock.advance(1000)
    expect([asked.sent.length, asked.calls]).toEqual([0, []])
    resolve()
    await asked.over()
    expect(asked.calls).toEqual(['commit', 'write', 'settle', 'finish'])
    expect(asked.text).toBe('Hello you')
  })

  test('that is refused tells so, and leaves no record', async () => {
    const { asked, reject } = waiting()
    reject(new SpekaError('rate_limit_exceeded', 'Too many.'))
    await asked.clock.advance(0)
    expect(asked.calls).toEqual(['refuse'])
    expect(asked.error).toMatchObject({ code: 'rate_limit_exceeded', message: 'Too many.' })
    expect([asked.sent.length, asked.clock.pending()]).toEqual([0, 0])
  })

  test('whose layer breaks is refused with nothing of what broke', async () => {
    const { asked, reject } = waiting()
    reject(new TypeError('secret of the layer'))
    await asked.clock.advance(0)
    expect(asked.error).toMatchObject({ code: 'internal_error' })
    expect(asked.error?.message).not.toContain('secret')
  })

  test('that nothing can serve is refused when its turn comes', async () => {
    const { asked, resolve } = waiting({ model: 'zzz' })
    resolve()
    await asked.clock.advance(0)
    expect(asked.calls).toEqual(['refuse'])
    expect(asked.error?.code).toBe('model_not_found')
  })

  test.each([
    { told: undefined, code: 'client_closed_request' },
    { told: new SpekaError('server_shutdown', 'Stopping.'), code: 'server_shutdown' },
  ])('that is ended before it began never runs, and says $code', async ({ told, code }) => {
    const { asked, resolve, signals } = waiting()
    await asked.clock.advance(0)
    asked.run.abort(told)
    expect([signals[0]?.aborted, asked.calls]).toEqual([true, []])
    asked.run.abort()
    resolve()
    asked.run.resume()
    await asked.clock.advance(1000)
    expect(asked.calls).toEqual(['refuse'])
    expect(asked.error?.code).toBe(code)
    expect(asked.sent).toEqual([])
  })

  test('that was ended does not tell of a refusal as well', async () => {
    const { asked, reject } = waiting()
    asked.run.abort()
    reject(new Error('too late'))
    await asked.clock.advance(0)
    expect(asked.calls).toEqual(['refuse'])
  })

  test('that has begun is ended as any other', async () => {
    const { asked, resolve } = waiting({}, [])
    resolve()
    await asked.clock.advance(0)
    expect(asked.sent[0]?.over).toBe(false)
    asked.run.abort()
    await asked.over()
    expect(asked.calls).toEqual(['settle'])
    expect(asked.record.outcome).toBe('cancelled')
  })

  test('can be paused and goes on', async () => {
    let takes = false
    const { asked, resolve } = waiting({ takes: () => takes })
    resolve()
    await asked.clock.advance(1)
    expect(asked.sent[0]?.paused).toBe(true)
    takes = true
    asked.run.resume()
    await asked.over()
    expect(asked.text).toBe('Hello you')
  })

  test('is whole in one piece as well', async () => {
    const asked = await ask([json(200, completion('Hi'))], { stream: false, layers: [atOnce, atOnce] }).over()
    expect(asked.text).toBe('Hi')
  })
})
