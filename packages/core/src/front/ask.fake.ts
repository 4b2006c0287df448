import type { GatewayConfig } from '../config.ts'
import { createEngine } from '../create-engine.ts'
import type { Commitment, Run } from '../engine.ts'
import type { SpekaError } from '../errors.ts'
import type { Layers } from '../layers/compose-layers.ts'
import type { EngineLimits } from '../limits/limit-layers.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import { createFakeClock, type FakeClock } from '../sandbox/clock.fake.ts'
import { mintRequestId } from '../uuid.ts'
import type { CallFacts } from '../wire/call-facts.ts'
import { readChatCall } from '../operations/chat/chat-call.ts'
import type { ChatChunk, ChatCompletion } from '../operations/chat/chat.ts'
import { dataOf, FrameCutter, isDone } from '../bytes/frames.ts'
import {
  createFakeTransport,
  type FakeTransport,
  type ReplyScript,
  type SentRequest,
} from '../attempt/transport.fake.ts'

/** Three models: `a` at one target, `b` at two, `c` at a third provider; a token in costs 1 µ$ and one out 2 µ$. */
export const config: GatewayConfig = {
  providers: {
    one: { type: 'openai-compatible', base_url: 'http://one', api_key: 'key-1' },
    two: { type: 'openai-compatible', base_url: 'http://two', api_key: 'key-2' },
    three: { type: 'openai-compatible', base_url: 'http://three' },
    far: { type: 'speka', base_url: 'http://far', api_key: 'key-far' },
  },
  models: {
    a: { targets: [{ provider: 'one', model: 'up' }], price: { input: '1', output: '2' }, context_window: 100 },
    b: {
      targets: [
        { provider: 'one', model: 'up-b', cost: { input: '0.5', output: '1' } },
        { provider: 'two', model: 'up' },
      ],
      price: { input: '1', output: '2' },
      context_window: 100,
    },
    c: { targets: [{ provider: 'three' }], context_window: 1000 },
    free: { targets: [{ provider: 'three', model: 'up' }] },
    g: { targets: [{ provider: 'far' }], price: { input: '1', output: '2' } },
  },
}

/** What the sink heard, and by whom. */
export interface Asked {
  readonly clock: FakeClock
  readonly transport: FakeTransport
  readonly sent: SentRequest[]
  readonly run: Run
  /** The order of the sink's calls: `commit`, `write`, `settle`, `finish`, `fail`, `refuse`. */
  readonly calls: string[]
  readonly commitment: Commitment | undefined
  /** What was written before the end, as text. */
  readonly written: string
  /** What `finish` brought. */
  readonly tail: string
  readonly record: UsageRecord
  readonly error: SpekaError | undefined
  /** The words of the answer, whole or streamed. */
  readonly text: string
  readonly chunks: ChatChunk[]
  readonly completion: ChatCompletion
  readonly endedWithDone: boolean
  /** Moves time on until nothing is left to happen, and checks what must hold for every request, however it ends. */
  over(): Promise<Asked>
}

export interface AskOptions {
  readonly model?: string
  readonly stream?: boolean
  readonly config?: GatewayConfig
  readonly request?: object
  readonly facts?: Partial<CallFacts>
  readonly layers?: Layers
  readonly limits?: EngineLimits
  /** What `write` returns. @default true */
  readonly takes?: () => boolean
  readonly settle?: (record: UsageRecord) => void | Promise<void>
}

/** A front for tests: asks a fresh engine whose upstreams follow a script. */
export function ask(
  script: readonly ReplyScript[] | ((request: SentRequest, index: number) => ReplyScript),
  options: AskOptions = {},
): Asked {
  const { model = 'a', stream = true, takes = () => true, settle = () => {} } = options
  const clock = createFakeClock()
  const transport = createFakeTransport(clock, script)
  const engine = createEngine({
    config: { ...config, ...options.config },
    instanceId: 'here',
    transport,
    clock,
    random: () => 0.5,
    layers: options.layers,
    limits: options.limits,
  })
  const body = { model, messages: [{ role: 'user', content: 'hi' }], stream, ...options.request }
  const facts = { id: mintRequestId(clock.now()), receivedAt: clock.now(), ...options.facts }
  const calls: string[] = []
  const pieces: Buffer[] = []
  let tail = Buffer.alloc(0)
  let commitment: Commitment | undefined
  let record: UsageRecord | undefined
  let error: SpekaError | undefined
  let started = false
  const note = (call: string): void => {
    if (!started) throw new Error(`${call} before start had returned`)
    if (calls.at(-1) !== call || call !== 'write') calls.push(call)
  }
  const run = engine.start(readChatCall(Buffer.from(JSON.stringify(body)), facts), {
    commit(by) {
      note('commit')
      commitment = by
    },
    write(frames) {
      note('write')
      pieces.push(Buffer.from(frames))
      return takes()
    },
    settle(settled) {
      note('settle')
      record = settled
      return settle(settled)
    },
    finish(end) {
      note('finish')
      tail = Buffer.concat(end)
    },
    fail(failure) {
      note('fail')
      error = failure
    },
    refuse(failure) {
      note('refuse')
      error = failure
    },
  })
  started = true
  const all = (): Buffer => Buffer.concat([...pieces, tail])
  const asked: Asked = {
    clock,
    transport,
    sent: transport.sent,
    run,
    calls,
    get commitment() {
      return commitment
    },
    get written() {
      return Buffer.concat(pieces).toString()
    },
    get tail() {
      return tail.toString()
    },
    get record() {
      if (record === undefined) throw new Error('nothing was settled')
      return record
    },
    get error() {
      return error
    },
    get text() {
      if (!stream) return (JSON.parse(tail.toString()) as ChatCompletion).choices[0]?.message.content ?? ''
      return asked.chunks.map((chunk) => chunk.choices.map(({ delta }) => delta.content ?? '').join('')).join('')
    },
    get chunks() {
      return dataIn(all()).flatMap((data) => (isDone(data) ? [] : [JSON.parse(data.toString()) as ChatChunk]))
    },
    get completion() {
      return JSON.parse(tail.toString()) as ChatCompletion
    },
    get endedWithDone() {
      return all().toString().endsWith('data: [DONE]\n\n')
    },
    async over() {
      await clock.advance(3_600_000)
      expectGoodOrder(asked)
      return asked
    },
  }
  return asked
}

/**
 * What holds for every request: it is settled once, before its end; it ends once, unless the caller left; an end mark
 * means success; no upstream and no timer is left behind.
 */
function expectGoodOrder({ calls, record, error, sent, clock, endedWithDone, chunks }: Asked): void {
  const order = calls.join(' ')
  if (record.outcome === 'cancelled' && error === undefined) expect(order).toMatch(/^(?:commit )?(?:write )?settle$/)
  else expect(order).toMatch(/^(?:commit )?(?:write )?settle (?:finish|fail)$/)
  expect(calls.includes('finish')).toBe(record.outcome === 'complete' && error === undefined)
  if (error !== undefined) expect(endedWithDone).toBe(false)
  expect(record.attempts.length).toBeGreaterThanOrEqual(sent.length)
  expect(sent.filter(({ over }) => !over)).toEqual([])
  expect(clock.pending()).toBe(0)
  for (const chunk of chunks) {
    // An answer that was taken up elsewhere has had several speakers.
    if (record.attempts.length === 1) expect(chunk.model).toBe(record.model)
    else expect([record.model, ...record.attempts.map(({ model }) => model)]).toContain(chunk.model)
    if (chunk.usage != null) expect(chunk.choices).toEqual([])
  }
}

function dataIn(bytes: Buffer): Buffer[] {
  const found: Buffer[] = []
  if (!bytes.toString('utf8', 0, 6).startsWith('data:')) return found
  new FrameCutter(Infinity).push(bytes, (frame) => {
    const data = dataOf(frame)
    if (data !== undefined) found.push(data)
  })
  return found
}
