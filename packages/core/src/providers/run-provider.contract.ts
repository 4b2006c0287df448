import type { Failure } from '../failure.ts'
import type { Usage } from '../usage.ts'
import { readChatCall, type ChatCall } from '../operations/chat/chat-call.ts'
import type { ChatChunk } from '../operations/chat/chat.ts'
import { dataOf, FrameCutter } from '../bytes/frames.ts'
import { mintRequestId } from '../uuid.ts'
import { BadReplyError } from './bad-reply.ts'
import { Sees, type Answer, type Emit, type FrameFacts, type Provider, type TranslationTarget } from './provider.ts'
import type { Found } from './provider-fixtures.contract.ts'

/** What the suite translates for, unless a fixture says otherwise. */
export const target: TranslationTarget = { model: 'lab/model', upstreamModel: 'upstream-model' }

/** Of all calls, so that what is made of it is the same whenever it is asked for. */
const id = mintRequestId(0)

/** A call with these bytes. */
export const callOf = (body: string): ChatCall => readChatCall(Buffer.from(body), { id, receivedAt: 0 })

export function firstStep(provider: Provider, call: ChatCall, goal: TranslationTarget) {
  const step = provider.chat?.answer(call, goal).next()
  if (step === undefined || step.done === true || !('send' in step.value)) throw new Error('nothing was sent')
  return step.value.send
}

export function answerTo(provider: Provider, body: string | Buffer): Answer {
  const steps = provider.chat?.answer(callOf('{"model":"a","messages":[{"role":"user"}]}'), target)
  steps?.next()
  const step = steps?.next({ status: 200, headers: {}, body: Buffer.from(body) })
  if (step?.done !== true) throw new Error('the answer was not enough')
  return step.value
}

export function failureOf(run: () => unknown): Failure {
  try {
    run()
  } catch (error) {
    if (error instanceof BadReplyError) return error.failure
    throw error
  }
  throw new Error('it was taken for an answer')
}

/** Everything that a translation of a stream hands on. */
export interface Translated {
  readonly frames: Buffer[]
  readonly facts: FrameFacts
  readonly sees: number
  readonly text: string
  chunks(): ChatChunk[]
}

/** Runs a stream through a provider's translator. The end mark and what is marked as a failure are left out. */
export function translate(provider: Provider, pieces: readonly Buffer[], goal = target): Translated {
  const stream = provider.chat?.stream?.(callOf('{"model":"a","stream":true,"messages":[{"role":"user"}]}'), goal)
  if (stream === undefined) throw new Error('there is no stream')
  const frames: Buffer[] = []
  let facts: FrameFacts = {}
  let sees = 0
  const emit: Emit = (frame, seen, learnt) => {
    sees |= seen
    facts = { ...facts, ...learnt }
    if (frame.length > 0 && (seen & (Sees.Done | Sees.Failure)) === 0) frames.push(Buffer.from(frame))
  }
  const cutter = new FrameCutter()
  for (const piece of pieces) cutter.push(piece, (frame) => stream.translator.frame(frame, emit))
  stream.translator.end(emit)
  return {
    frames,
    facts: { ...facts, ...stream.translator.counted },
    sees,
    text: Buffer.concat(frames).toString(),
    chunks: () => frames.map((frame) => JSON.parse(String(dataOf(frame))) as ChatChunk),
  }
}

interface Said {
  readonly content?: string | null
  readonly reasoning_content?: string | null
  readonly tool_calls?: readonly {
    readonly index?: number
    readonly id?: string
    readonly function?: { name?: string; arguments?: string }
  }[]
}

export const deltasOf = (chunks: readonly ChatChunk[], choice: number): Said[] =>
  chunks.flatMap((chunk) => chunk.choices.filter(({ index }) => index === choice).map(({ delta }) => delta))

export function foundIn(said: readonly Said[]): Omit<Found, 'usage'> {
  const tools = new Map<number, [string, string]>()
  for (const { tool_calls: calls = [] } of said) {
    for (const [at, { index = at, function: made }] of calls.entries()) {
      const [name, text] = tools.get(index) ?? ['', '']
      tools.set(index, [name + (made?.name ?? ''), text + (made?.arguments ?? '')])
    }
  }
  return {
    text: said.map(({ content }) => content ?? '').join(''),
    reasoning: said.map(({ reasoning_content: reasoning }) => reasoning ?? '').join(''),
    tools: [...tools.values()],
  }
}

export const withoutFacts = ({ usage: _usage, id: _id, finishReason: _reason, ...found }: Found): Partial<Found> =>
  found

export const known = (usage: Usage): Usage =>
  Object.fromEntries(Object.entries(usage).filter(([, count]) => count !== undefined)) as Usage
