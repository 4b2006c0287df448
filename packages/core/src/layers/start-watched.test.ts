import type { Layer } from '../engine.ts'
import { SpekaError } from '../errors.ts'
import { ask, type AskOptions } from '../front/ask.fake.ts'
import { completion, json, saying, stream, streamHead, type ReplyScript } from '../attempt/transport.fake.ts'
import { zeroUsd } from '../money.ts'
import { startLater } from './start-later.ts'
import { startWatched, type Watcher } from './start-watched.ts'

const whole = stream(saying('Hello', ' you'))
const inOnePiece = json(200, completion('Hello you'))

const watchedBy =
  (watcher: Watcher): Layer =>
  (next) => ({ start: (call, sink) => startWatched(next, call, sink, watcher) })

const watched = (watcher: Watcher, options: AskOptions = {}) =>
  ask([options.stream === false ? inOnePiece : whole], { layers: [watchedBy(watcher)], ...options })

const later: Layer = (next) => ({
  start: (call, sink) => startLater(sink, async () => () => next.start(call, sink)),
})

/** Cannot be stopped. */
const heedless: Layer = (next) => ({
  start: (call, sink) => ({ ...next.start(call, sink), resume: () => {}, abort: () => {} }),
})

const stop = (): never => {
  throw new SpekaError('content_policy_violation', 'Not that.')
}

describe('a layer that looks on', () => {
  test.each([true, false])('sees all of an answer, and changes nothing (stream: %s)', async (streams) => {
    const seen: string[] = []
    let bytes = ''
    const asked = await watched(
      {
        commit: ({ target }) => void seen.push(`commit by ${target?.provider}`),
        frames(frames) {
          seen.push('frames')
          bytes += Buffer.from(frames).toString()
        },
        rest(rest) {
          seen.push('rest')
          bytes += Buffer.concat(rest).toString()
        },
        record: ({ outcome }) => void seen.push(`record of a ${outcome} one`),
        refused: () => void seen.push('refused'),
      },
      { stream: streams },
    ).over()
    const unseen = await ask([streams ? whole : inOnePiece], { stream: streams }).over()
    const told = ({ written, tail }: typeof asked): string => (written + tail).replaceAll(/[0-9a-f-]{36}/g, '')
    expect(told(asked)).toBe(told(unseen))
    expect(bytes).toBe(asked.written + asked.tail)
    expect(seen.filter((what) => what !== 'frames')).toEqual(['commit by one', 'rest', 'record of a complete one'])
    expect(seen.includes('frames')).toBe(streams)
    expect(asked.calls.slice(-2)).toEqual(['settle', 'finish'])
  })

  test('adds to the record, which is what is kept and what the end brings', async () => {
    const asked = await watched({ record: (record) => ({ ...record, notes: { seen: true } }) }).over()
    expect(asked.record.notes).toEqual({ seen: true })
  })

  test('may take its time over the rest, before anything is kept', async () => {
    const looked = Promise.withResolvers<void>()
    const asked = watched({ rest: () => looked.promise })
    await asked.clock.advance(1000)
    expect(asked.calls).toEqual(['commit', 'write'])
    looked.resolve()
    await asked.over()
    expect(asked.calls).toEqual(['commit', 'write', 'settle', 'finish'])
  })

  test.each([
    { hook: 'commit', streams: true, calls: ['settle', 'fail'], outcome: 'failed' },
    { hook: 'commit', streams: false, calls: ['settle', 'fail'], outcome: 'failed' },
    { hook: 'frames', streams: true, calls: ['commit', 'settle', 'fail'], outcome: 'failed' },
    { hook: 'rest', streams: true, calls: ['commit', 'write', 'settle', 'fail'], outcome: 'interrupted' },
    { hook: 'rest', streams: false, calls: ['commit', 'settle', 'fail'], outcome: 'failed' },
    { hook: 'record', streams: true, calls: ['commit', 'write', 'settle', 'fail'], outcome: 'interrupted' },
  ])('ends the call by throwing in $hook (stream: $streams)', async ({ hook, streams, calls, outcome }) => {
    const asked = await watched({ [hook]: stop }, { stream: streams }).over()
    expect(asked.calls).toEqual(calls)
    expect(asked.error).toMatchObject({ code: 'content_policy_violation', message: 'Not that.' })
    expect(asked.record).toMatchObject({ outcome, errorCode: 'content_policy_violation' })
    if (outcome === 'failed') expect(asked.record.charge).toBe(zeroUsd)
    expect(asked.endedWithDone).toBe(false)
  })

  test('ends it after a look that took time, too', async () => {
    const asked = await watched({ rest: async () => stop() }, { stream: false }).over()
    expect(asked.calls).toEqual(['commit', 'settle', 'fail'])
    expect(asked.record).toMatchObject({ outcome: 'failed', charge: zeroUsd })
  })

  test('lets nothing pass behind that, also of an engine that goes on', async () => {
    let seen = 0
    const watcher: Watcher = {
      frames() {
        seen += 1
        stop()
      },
    }
    const pieces: ReplyScript = [
      streamHead,
      ...saying('a', 'b', 'c').map((data) => ({ data, after: 5 })),
      { end: true },
    ]
    const asked = await ask([pieces], { layers: [watchedBy(watcher), heedless] }).over()
    expect([seen, asked.written, asked.error?.code]).toEqual([1, '', 'content_policy_violation'])
  })

  test('hears of a failure by its record alone', async () => {
    const seen: unknown[] = []
    const watcher: Watcher = {
      rest: () => void seen.push('rest'),
      record: ({ outcome, errorCode }) => void seen.push(outcome, errorCode),
    }
    await ask([json(401, {})], { layers: [watchedBy(watcher)] }).over()
    expect(seen).toEqual(['failed', 'upstream_auth_failed'])
  })

  test('hears of a caller that left', async () => {
    const seen: unknown[] = []
    const asked = watched({ record: ({ outcome }) => void seen.push(outcome) })
    asked.run.abort()
    await asked.over()
    expect(seen).toEqual(['cancelled'])
  })

  test('hears of a refusal, at once or later, with no record', async () => {
    const refusals: string[] = []
    const layers = [watchedBy({ refused: ({ code }) => void refusals.push(code), record: stop })]
    expect(() => ask([], { model: 'zzz', layers })).toThrow('zzz')
    const asked = ask([], { model: 'zzz', layers: [...layers, later] })
    await asked.clock.advance(0)
    expect(asked.calls).toEqual(['refuse'])
    expect(refusals).toEqual(['model_not_found', 'model_not_found'])
  })
})
