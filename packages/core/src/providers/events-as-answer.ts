import { isRecord, type Json } from '../json.ts'
import type { Bytes } from '../transport.ts'
import type { Call } from '../operations/call.ts'
import type { ChatCall } from '../operations/chat/chat-call.ts'
import type { OperationName } from '../wire/operation-name.ts'
import { dataOf, FrameCutter, FrameTooLongError, isDone } from '../bytes/frames.ts'
import { BadReplyError, badReply } from './bad-reply.ts'
import { assembleChunks } from './assemble-chunks.ts'
import { namedAfter } from './openai-compatible/complete-answer.ts'
import { FINISHED } from './openai-compatible/image-stream.ts'
import { readChatAnswer } from './openai-compatible/chat-answer.ts'
import type { Answer, Provider, Reply, TranslationTarget } from './provider.ts'

/** A whole answer in the upstream's own shape, to be read as if it had come so; or the answer that its events amount to. */
export type EventsRead = { readonly reply: Reply } | { readonly answer: Answer }

/**
 * What an upstream that was asked for one JSON body means by a stream of events.
 *
 * @throws BadReplyError when it means no answer, or breaks off.
 */
export function readEventsAsAnswer(
  reply: Reply,
  call: Call,
  target: TranslationTarget,
  provider: Provider,
): EventsRead {
  const frames = framesOf(reply.body)
  const events = frames.flatMap((frame) => eventIn(frame) ?? [])
  const [only] = events
  if (only === undefined) throw new BadReplyError(badReply('sent something else than JSON'))
  if (events.length === 1 && !isPart(only.value)) return { reply: { ...reply, body: only.data } }
  return readers[call.endpoint].read({ frames, events: [only, ...events.slice(1)], reply }, call, target, provider)
}

interface EventsSent {
  readonly frames: readonly Buffer[]
  readonly events: readonly [JsonEvent, ...JsonEvent[]]
  readonly reply: Reply
}

interface EventsReader<Asked extends Call = Call> {
  read(sent: EventsSent, call: Asked, target: TranslationTarget, provider: Provider): EventsRead
}

/** One of the events holds the whole answer, as its list shows. */
const wholeEvent = (list: string): EventsReader => ({
  read({ events, reply }) {
    const whole = events.find(({ value }) => Array.isArray(value[list])) ?? events[0]
    return { reply: { ...reply, body: whole.data } }
  },
})

const chatEvents: EventsReader<ChatCall> = {
  read: ({ frames, reply }, call, target, provider) => ({ answer: chatAnswer(frames, reply, call, target, provider) }),
}

const imageEvents: EventsReader = {
  read(sent, ...about) {
    const finished = sent.events.map(({ value }) => value).filter(({ type }) => FINISHED.test(String(type)))
    if (finished.length === 0) return wholeEvent('data').read(sent, ...about)
    return { reply: { ...sent.reply, body: Buffer.from(JSON.stringify(drawn(finished))) } }
  },
}

/** The last of the events that says anything holds all of it, as it does of a transcript. */
const lastEvent: EventsReader = {
  read: ({ events, reply }) => ({ reply: { ...reply, body: (events.at(-1) ?? events[0]).data } }),
}

/** What the events of each operation's answer amount to. */
const readers: Readonly<Record<OperationName, EventsReader>> = {
  chat: chatEvents,
  embeddings: wholeEvent('data'),
  images: imageEvents,
  image_edits: imageEvents,
  rerank: wholeEvent('results'),
  transcription: lastEvent,
  translation: lastEvent,
  speech: lastEvent,
  moderation: wholeEvent('results'),
}

/** Whether it is a piece of an answer of OpenAI's: those of others look like their answers. */
const isPart = ({ choices, type }: Json): boolean =>
  FINISHED.test(String(type)) ||
  (Array.isArray(choices) && choices.some((choice) => isRecord(choice) && isRecord(choice['delta'])))

function chatAnswer(
  frames: readonly Buffer[],
  reply: Reply,
  call: ChatCall,
  target: TranslationTarget,
  provider: Provider,
): Answer {
  const stream = provider.chat?.stream?.({ ...call, stream: true }, target)
  if (stream === undefined) throw new BadReplyError(badReply('sent events where none were asked for'))
  const body = Buffer.from(JSON.stringify(assembleChunks(frames, stream.translator)))
  return readChatAnswer({ ...reply, body }, target, namedAfter(call), provider.routesItself === true)
}

/** The pictures of several events as one answer. What they consumed is told with the last. */
const drawn = (events: readonly Json[]): Json => ({
  created: events[0]?.['created_at'],
  data: events.map(({ b64_json, revised_prompt }) => ({
    b64_json,
    ...(revised_prompt !== undefined && { revised_prompt }),
  })),
  usage: events.at(-1)?.['usage'],
})

function framesOf(body: Bytes): Buffer[] {
  const cutter = new FrameCutter(Infinity)
  const frames: Buffer[] = []
  try {
    cutter.push(body, (frame) => frames.push(frame))
  } catch (error) {
    if (!(error instanceof FrameTooLongError)) throw error
    throw new BadReplyError(badReply('sent an event that is too long', error))
  }
  const rest = cutter.rest()
  return rest.length === 0 ? frames : [...frames, Buffer.concat([rest, Buffer.from('\n\n')])]
}

interface JsonEvent {
  readonly data: Buffer
  readonly value: Json
}

function eventIn(frame: Buffer): JsonEvent | undefined {
  const data = dataOf(frame)
  if (data === undefined || isDone(data)) return undefined
  try {
    const value: unknown = JSON.parse(data.toString('utf8'))
    return isRecord(value) ? { data, value } : undefined
  } catch {
    return undefined
  }
}
