import { setImmediate as turn } from 'node:timers/promises'
import type { AnswerSink, Commitment, Engine } from '../engine.ts'
import { SpekaError } from '../errors.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import { usageRecord, type RequestCourse } from '../meter/write-record.ts'
import { zeroUsd } from '../money.ts'
import type { Call } from '../operations/call.ts'
import { readChatCall } from '../operations/chat/chat-call.ts'
import { unknownUsage } from '../usage.ts'
import { mintRequestId } from '../uuid.ts'
import type { Settle } from './iterate.ts'

/** What a caller got. */
export interface Got {
  /** What came of the answer. */
  readonly text: string
  /** The code of the error that it ended with. */
  readonly code: string | undefined
}

/** Whoever has asked, at the other side of a front. */
export interface Caller {
  /** Takes all there is to come. Before this, it takes as little as it can. */
  read(): Promise<Got>
  /** Goes away. */
  leave(): void
}

/** A front over an engine. */
export interface Front {
  ask(call: Call): Caller
  close(): Promise<void>
}

export interface FrontCase {
  /** Whether it asks for a stream, or for an answer in one piece. */
  readonly stream: boolean
  open(engine: Engine, settle: Settle): Promise<Front>
}

/** What every sink of answers must do with what an engine tells. A new front starts as one line, and is done when this is green. */
export function describeAnswerSink(name: string, { stream, open }: FrontCase): void {
  describe(`${name} as a sink of answers`, () => {
    let front: Front
    afterEach(() => front.close())

    /** Asks, and gives the engine's side of it to the test. */
    async function ask(settle: Settle = () => {}) {
      const engine = scriptedEngine()
      front = await open(engine, settle)
      const call = callOf(stream)
      const caller = front.ask(call)
      await until(() => engine.sink !== undefined)
      const { sink, aborts, resumes } = engine
      if (sink === undefined) throw new Error('nothing was started')
      return { call, caller, sink, aborts, resumes }
    }

    const whole = stream ? [frame('one'), frame('two'), END] : ['{"all":"of it"}']

    /** Tells of an answer as far as `upTo` frames. */
    function begin(sink: AnswerSink, upTo: number): void {
      sink.commit(by)
      for (const piece of whole.slice(0, upTo)) sink.write(Buffer.from(piece))
    }

    test('hands over a whole answer, after its record was kept', async () => {
      const kept: unknown[][] = []
      const { call, caller, sink } = await ask((...record) => void kept.push(record))
      const got = caller.read()
      begin(sink, whole.length - 1)
      const record = recordOf(call, 'complete')
      await settled(sink, record)
      sink.finish([Buffer.from(whole.at(-1) ?? '')], record)
      expect(await got).toEqual({ text: whole.join(''), code: undefined })
      expect(kept).toEqual([[record]])
    })

    test('makes the engine wait until the record is kept, and tells it when it cannot be', async () => {
      const keeping = Promise.withResolvers<void>()
      const { call, caller, sink } = await ask(() => keeping.promise)
      const got = caller.read()
      begin(sink, 0)
      const record = recordOf(call, 'complete')
      let isKept = false
      const settling = settled(sink, record).then(() => (isKept = true))
      await turn()
      expect(isKept).toBe(false)
      keeping.reject(new Error('disk full'))
      await expect(settling).rejects.toThrow('disk full')
      sink.fail(new SpekaError('storage_unavailable', 'Not kept.'), record)
      expect(await got).toMatchObject({ code: 'storage_unavailable' })
    })

    test('tells of a failure before anybody answered', async () => {
      const { call, caller, sink } = await ask()
      const got = caller.read()
      const record = recordOf(call, 'failed')
      await settled(sink, record)
      sink.fail(new SpekaError('upstream_unreachable', 'Nobody there.'), record)
      expect(await got).toEqual({ text: '', code: 'upstream_unreachable' })
    })

    if (stream)
      test('tells of a failure after what had come, and never as an end', async () => {
        const { call, caller, sink } = await ask()
        const got = caller.read()
        begin(sink, 1)
        const record = recordOf(call, 'interrupted')
        await settled(sink, record)
        sink.fail(new SpekaError('upstream_incomplete', 'Broke off.'), record)
        expect(await got).toEqual({ text: whole[0], code: 'upstream_incomplete' })
      })

    test('tells of a refusal after a wait, and keeps no record', async () => {
      const kept: UsageRecord[] = []
      const { caller, sink } = await ask((record) => void kept.push(record))
      const got = caller.read()
      await turn()
      sink.refuse(new SpekaError('rate_limit_exceeded', 'Too many.'))
      expect(await got).toEqual({ text: '', code: 'rate_limit_exceeded' })
      expect(kept).toEqual([])
    })

    test.each(['before anything came', 'in the middle'])('ends the run when the caller leaves %s', async (when) => {
      const { call, caller, sink, aborts } = await ask()
      const got = caller.read().catch(() => 'gone')
      if (when === 'in the middle') begin(sink, whole.length - 1)
      await turn()
      caller.leave()
      await until(() => aborts.length > 0)
      // It left by itself, so there is nobody to tell.
      expect(aborts[0]).toBeUndefined()
      expect(sink.write(Buffer.from('late'))).toBeDefined()
      await settled(sink, recordOf(call, 'cancelled'))
      await got
    })

    test('bears a refusal that comes after the caller has left', async () => {
      const { caller, sink, aborts } = await ask()
      const got = caller.read().catch(() => 'gone')
      caller.leave()
      await until(() => aborts.length > 0)
      sink.refuse(new SpekaError('client_closed_request', 'Left.'))
      await got
    })

    if (stream)
      test('has the upstream wait for a caller that does not read, and go on when it does', async () => {
        const { call, caller, sink, resumes } = await ask()
        sink.commit(by)
        const piece = frame('x'.repeat(8192))
        let written = 1
        while (sink.write(Buffer.from(piece))) written += 1
        // It said so before it had taken in a whole answer.
        expect(written).toBeLessThan(1000)
        const before = resumes.length
        const got = caller.read()
        await until(() => resumes.length > before)
        const record = recordOf(call, 'complete')
        await settled(sink, record)
        sink.finish([Buffer.from(END)], record)
        expect((await got).text).toHaveLength(written * piece.length + END.length)
      })
  })
}

/** Settles as an engine does: what follows waits for it. */
async function settled(sink: AnswerSink, record: UsageRecord): Promise<void> {
  await sink.settle(record, () => [Buffer.from('not to be asked for')])
}

const by: Commitment = { target: undefined, model: 'a', attempts: 1, droppedParams: [] }

const frame = (text: string): string => `data: ${JSON.stringify({ text })}\n\n`
const END = 'data: [DONE]\n\n'

/** An engine that does nothing, and tells who asked. */
function scriptedEngine() {
  const aborts: (SpekaError | undefined)[] = []
  const resumes: true[] = []
  const engine: Engine & { sink: AnswerSink | undefined; aborts: typeof aborts; resumes: typeof resumes } = {
    sink: undefined,
    aborts,
    resumes,
    start(_call, sink) {
      engine.sink = sink
      return { resume: () => void resumes.push(true), abort: (told) => void aborts.push(told) }
    },
  }
  return engine
}

function callOf(stream: boolean): Call {
  const now = Date.UTC(2026, 0, 1)
  const body = { model: 'a', stream, messages: [{ role: 'user', content: 'hi' }] }
  return readChatCall(Buffer.from(JSON.stringify(body)), { id: mintRequestId(now), receivedAt: now })
}

const recordOf = (call: Call, outcome: RequestCourse['outcome']): UsageRecord =>
  usageRecord(
    call,
    undefined,
    { usage: unknownUsage, charge: zeroUsd },
    {
      outcome,
      errorCode: undefined,
      delivered: true,
      byCaller: false,
      attempts: [],
      durationMs: 1,
      firstOutputMs: undefined,
    },
  )

/** What a body says, and the error that it ends with: an envelope alone, or an event behind the rest. */
export function gotFrom(body: string): Got {
  const last = body.startsWith('data:') ? body.lastIndexOf('data:') : 0
  const tail = body.slice(last).replace('data: ', '')
  const code = /^\s*\{"error":/.test(tail) ? /"code":"(\w+)"/.exec(tail)?.[1] : undefined
  return { text: code === undefined ? body : body.slice(0, last), code }
}

/** Waits turn by turn: what waits for ever ends with the test. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn()
}
