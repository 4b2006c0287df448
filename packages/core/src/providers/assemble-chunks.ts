import { isRecord, type MutableJson } from '../json.ts'
import { parseExactly } from '../wire/exact-json.ts'
import { dataOf, FrameCutter, isDone } from '../bytes/frames.ts'
import { BadReplyError, badReply } from './bad-reply.ts'
import { Sees, type Emit, type FrameFacts, type FrameTranslator } from './provider.ts'

/**
 * Puts the events of a whole stream together into the chat completion that they amount to.
 *
 * @throws BadReplyError when one of them tells of a failure, or the end is missing.
 */
export function assembleChunks(frames: readonly Buffer[], translator: FrameTranslator): MutableJson {
  const chunks: MutableJson[] = []
  const cutter = new FrameCutter(Infinity)
  let usage: FrameFacts['usageJson']
  let serviceTier: string | undefined
  let finished = false
  const emit: Emit = (bytes, sees, facts) => {
    if ((sees & Sees.Failure) !== 0) throw new BadReplyError(facts?.failure ?? badReply('reported an error'))
    if ((sees & Sees.Finish) !== 0) finished = true
    usage = facts?.usageJson ?? usage
    serviceTier = facts?.usage?.serviceTier ?? serviceTier
    cutter.push(bytes, (frame) => {
      const data = dataOf(frame)
      if (data === undefined || isDone(data)) return
      const chunk: unknown = parseExactly(data.toString('utf8'))
      if (isRecord(chunk)) chunks.push(chunk)
    })
  }
  for (const frame of frames) translator.frame(frame, emit)
  translator.end(emit)
  usage = translator.counted?.usageJson ?? usage
  if (!finished) {
    const failure = badReply('ended its stream before the answer was finished')
    throw new BadReplyError({ ...failure, code: 'upstream_incomplete' })
  }
  const { choices: _, ...head } = chunks[0] ?? {}
  return {
    ...head,
    object: 'chat.completion',
    choices: choicesOf(chunks),
    // OpenAI's field for it, which others say among their counts.
    ...(serviceTier !== undefined && { service_tier: serviceTier }),
    ...(usage !== undefined && { usage }),
  }
}

function choicesOf(chunks: readonly MutableJson[]): MutableJson[] {
  const choices = new Map<unknown, MutableJson>()
  for (const piece of chunks.flatMap((chunk) => recordsIn(chunk['choices']))) {
    const { index = 0, delta, finish_reason: reason, logprobs, ...rest } = piece
    const choice = choices.get(index) ?? { index, message: {}, finish_reason: null, logprobs: null }
    choices.set(index, choice)
    Object.assign(choice, rest)
    if (isRecord(delta)) addTo(choice['message'] as MutableJson, delta)
    if (typeof reason === 'string') choice['finish_reason'] = reason
    if (isRecord(logprobs)) choice['logprobs'] = added(choice['logprobs'], logprobs)
  }
  for (const { message } of choices.values()) withoutIndexes(message as MutableJson)
  return [...choices.values()]
}

/** Calls of a whole answer have their order alone. */
function withoutIndexes(message: MutableJson): void {
  if (message['tool_calls'] === undefined) return
  message['tool_calls'] = recordsIn(message['tool_calls']).map((call) => ({ ...call, index: undefined }))
}

function addTo(message: MutableJson, delta: MutableJson): void {
  for (const [field, value] of Object.entries(delta)) {
    if (field === 'role') message['role'] ??= value
    else if (field === 'tool_calls') message[field] = callsWith(recordsIn(message[field]), recordsIn(value))
    else message[field] = added(message[field], value)
  }
}

/** Texts and lists are joined; of anything else, what comes last holds. */
function added(before: unknown, value: unknown): unknown {
  if (value === null || value === undefined) return before ?? value
  if (typeof before === 'string' && typeof value === 'string') return before + value
  if (Array.isArray(before) && Array.isArray(value)) return [...before, ...(value as unknown[])]
  if (!isRecord(before) || !isRecord(value)) return value
  const joined = { ...before }
  for (const [field, inner] of Object.entries(value)) joined[field] = added(joined[field], inner)
  return joined
}

/** The calls so far with their next pieces, which name them by their index. */
function callsWith(calls: readonly MutableJson[], pieces: readonly MutableJson[]): MutableJson[] {
  const all = [...calls]
  for (const { index = all.length, ...piece } of pieces) {
    const at = all.findIndex((call) => call['index'] === index)
    const known = all[at]
    if (known === undefined) all.push({ index, ...piece })
    else {
      const { id, type, function: called, ...rest } = piece
      all[at] = {
        ...known,
        ...rest,
        id: known['id'] ?? id,
        type: known['type'] ?? type,
        function: functionWith(known['function'], called),
      }
    }
  }
  return all
}

function functionWith(known: unknown, piece: unknown): unknown {
  if (!isRecord(known) || !isRecord(piece)) return known ?? piece
  const { name, arguments: more, ...rest } = piece
  return { ...known, ...rest, name: known['name'] ?? name, arguments: added(known['arguments'], more) }
}

const recordsIn = (value: unknown): MutableJson[] => (Array.isArray(value) ? value.filter(isRecord) : [])
