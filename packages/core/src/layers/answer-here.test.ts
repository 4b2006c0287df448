import { SpekaError } from '../errors.ts'
import { ask, type AskOptions } from '../front/ask.fake.ts'
import { completion, done, finish, role, word } from '../attempt/transport.fake.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'
import { picoUsd, zeroUsd } from '../money.ts'
import { answerHere, type LayerAnswer } from './answer-here.ts'
import { startLater } from './start-later.ts'

const frames = [role(), word('Hello'), word(' you')].map((frame) => Buffer.from(frame.replaceAll('"up"', '"a"')))
const asStream = { by: 'cache', frames, rest: [Buffer.from(finish().replaceAll('"up"', '"a"') + done)] }
const asJson = { by: 'cache', rest: [Buffer.from(JSON.stringify(completion('Hello you')))] }

const answering = (answer: LayerAnswer, options: AskOptions = {}) =>
  ask([], {
    layers: { cache: [() => ({ start: (call, sink) => answerHere(createFakeClock(), call, sink, answer) })] },
    ...options,
  })

describe('a layer that answers by itself', () => {
  test('streams without asking anybody, and is recorded', async () => {
    const asked = await answering({ ...asStream, usage: { inputTokens: 3, outputTokens: 2 } }).over()
    expect(asked.calls).toEqual(['commit', 'write', 'settle', 'finish'])
    expect([asked.text, asked.endedWithDone, asked.sent]).toEqual(['Hello you', true, []])
    expect(asked.record).toMatchObject({
      outcome: 'complete',
      answeredBy: 'cache',
      requestedModel: 'a',
      model: 'a',
      charge: zeroUsd,
      usage: { inputTokens: 3, outputTokens: 2 },
      attempts: [],
    })
    expect([asked.record.provider, asked.record.price]).toEqual([undefined, undefined])
  })

  test('answers in one piece, at its own price', async () => {
    const asked = await answering({ ...asJson, charge: picoUsd(7n), model: 'b' }, { stream: false }).over()
    expect(asked.calls).toEqual(['commit', 'settle', 'finish'])
    expect(asked.text).toBe('Hello you')
    expect(asked.record).toMatchObject({ charge: 7n, model: 'b', answeredBy: 'cache' })
  })

  test('waits for a slow caller', async () => {
    const asked = answering(asStream, { takes: () => false })
    await asked.clock.advance(0)
    expect(asked.written).toContain('assistant')
    expect(asked.written).not.toContain('Hello')
    for (const _ of frames) asked.run.resume()
    await asked.over()
    expect(asked.text).toBe('Hello you')
  })

  test('is recorded and not charged when the caller has left before it', async () => {
    const asked = answering({ ...asStream, charge: picoUsd(7n) })
    asked.run.abort()
    asked.run.abort()
    await asked.over()
    expect(asked.calls).toEqual(['settle'])
    expect(asked.record).toMatchObject({ outcome: 'cancelled', charge: zeroUsd })
  })

  test('tells a caller that is there why it was ended', async () => {
    const asked = answering(asStream, { takes: () => false })
    await asked.clock.advance(0)
    asked.run.abort(new SpekaError('server_shutdown', 'Stopping.'))
    expect(asked.calls).toEqual(['commit', 'write', 'settle', 'fail'])
    expect(asked.record).toMatchObject({ outcome: 'cancelled', errorCode: 'server_shutdown', answeredBy: 'cache' })
    asked.run.resume()
    expect(asked.calls).toEqual(['commit', 'write', 'settle', 'fail'])
  })

  test('is not passed off as finished when it cannot be recorded', async () => {
    const asked = await answering(asStream, { settle: () => Promise.reject(new Error('disk full')) })
    await asked.clock.advance(0)
    expect(asked.calls).toEqual(['commit', 'write', 'settle', 'fail'])
    expect(asked.error?.code).toBe('storage_unavailable')
  })

  test('may look before it answers', async () => {
    const layers = {
      cache: [
        () => ({
          start: (call: Parameters<typeof answerHere>[1], sink: Parameters<typeof answerHere>[2]) =>
            startLater(sink, async () => () => answerHere(createFakeClock(), call, sink, asJson)),
        }),
      ],
    }
    const asked = await ask([], { layers, stream: false }).over()
    expect(asked.text).toBe('Hello you')
  })
})
