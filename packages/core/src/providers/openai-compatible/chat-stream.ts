import type { Bytes } from '../../transport.ts'
import { dataOf, doneFrame, isDone, isPlain, jsonFrame } from '../../wire/frames.ts'
import { isRecord, readUsage } from '../../wire/read-usage.ts'
import { scanObject } from '../../wire/scan-object.ts'
import { join, setMember, splice } from '../../wire/splice.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'
import { Sees, type Emit, type FrameFacts, type FrameTranslator, type TranslationTarget } from '../provider.ts'
import { parseAnswer } from './chat-answer.ts'
import { classifyErrorObject } from './classify.ts'
import { isTwin, twinForCaller, twinOf, type FrameTwin } from './frame-twin.ts'

const DATA = Buffer.from('data: ')
const END = Buffer.from('\n\n')

/**
 * Relays a stream of OpenAI-shaped chunks. A frame goes through untouched unless the caller must see another model name
 * or a client would stumble over it: see {@link mend}. Usage is taken out here and added again, priced, at the end.
 */
export class ChatStreamTranslator implements FrameTranslator {
  readonly #target: TranslationTarget
  /** What each choice has had so far, by its index. */
  readonly #begun = new Map<unknown, ChoiceSoFar>()
  #twin: FrameTwin | undefined

  constructor(target: TranslationTarget) {
    this.#target = target
  }

  frame(frame: Buffer, emit: Emit): void {
    if (this.#twin !== undefined && isTwin(this.#twin, frame)) {
      emit(twinForCaller(this.#twin, frame), Sees.Output)
      return
    }
    const data = dataOf(frame)
    // Comments and events without data crash or confuse clients; the gateway sends keep-alives of its own.
    if (data === undefined) return
    if (isDone(data)) emit(doneFrame, Sees.Done)
    else this.#chunk(frame, data, emit)
  }

  end(): void {
    // Nothing is held back here: what a close means is for the attempt to judge.
  }

  #chunk(frame: Buffer, data: Buffer, emit: Emit): void {
    const chunk = parse(data)
    if (chunk === undefined) {
      emit(frame, Sees.Failure, { failure: badReply('sent an event that is not a JSON object') })
      return
    }
    if (chunk['error']) {
      emit(frame, Sees.Failure, { failure: classifyErrorObject(chunk['error']) })
      return
    }
    const look = lookInto(chunk)
    if (look.failed) {
      emit(frame, Sees.Failure, {
        failure: { class: 'transient', mayBeBilled: true, message: 'ended its answer with an error' },
      })
      return
    }
    if (look.choices.length === 0) {
      // A chunk without choices crashes callers that did not ask for usage.
      if ((look.sees & Sees.Usage) !== 0) emit(EMPTY, Sees.Usage, look.facts)
      return
    }
    const mended = mend(chunk, look.choices, this.#begun)
    const forCaller = this.#forCaller(frame, data, chunk, mended)
    if (look.sees === Sees.Output && look.textField !== undefined && !mended && isPlain(frame)) {
      this.#twin = twinOf(frame, look.textField, forCaller)
    }
    emit(forCaller, look.sees, look.facts)
  }

  #forCaller(frame: Buffer, data: Buffer, chunk: Record<string, unknown>, mended: boolean): Buffer {
    const { model } = this.#target
    if (mended) return jsonFrame({ ...chunk, model })
    if (chunk['model'] === model) return isPlain(frame) ? frame : Buffer.concat([DATA, data, END])
    const scan = scanObject(data, Infinity)
    if (scan === undefined) return jsonFrame({ ...chunk, model })
    return Buffer.concat([DATA, join(splice(data, [setMember(scan, 'model', JSON.stringify(model))])), END])
  }
}

/** Shapes a whole answer into the frames of a stream, for an upstream that was asked to stream and did not. */
export function streamFromAnswer(body: Bytes, target: TranslationTarget, emit: Emit): void {
  const { choices, usage, ...rest } = parseAnswer({ body })
  const head = { ...rest, object: 'chat.completion.chunk', model: target.model }
  const facts = headFacts(rest)
  const list = Array.isArray(choices) ? choices.filter(isRecord) : []
  if (list.length === 0) throw new BadReplyError(badReply('sent an answer without choices'))
  for (const { message, finish_reason: finishReason, index = 0, logprobs = null } of list) {
    const delta = { role: 'assistant', ...(isRecord(message) ? message : {}) }
    numberToolCalls(delta, { toolCall: -1 })
    emit(
      jsonFrame({ ...head, choices: [{ index, delta, logprobs, finish_reason: null }] }),
      Sees.Role | Sees.Output,
      facts,
    )
    const finish = typeof finishReason === 'string' ? finishReason : 'stop'
    emit(jsonFrame({ ...head, choices: [{ index, delta: {}, logprobs: null, finish_reason: finish }] }), Sees.Finish, {
      finishReason: finish,
    })
  }
  if (isRecord(usage)) emit(EMPTY, Sees.Usage, { usage: readUsage(usage), usageJson: usage })
  emit(doneFrame, Sees.Done)
}

const EMPTY = Buffer.alloc(0)

/** Finish reasons by which an upstream says that it broke. */
const FAILED = new Set<unknown>(['error', 'insufficient_system_resource'])

interface ChoiceSoFar {
  /** The index of the tool call being streamed; -1 before the first. */
  toolCall: number
}

interface Look {
  readonly choices: readonly Record<string, unknown>[]
  readonly sees: number
  readonly facts: FrameFacts
  readonly failed: boolean
  /** The delta's only field when it holds text: what a twin differs in. */
  readonly textField: string | undefined
}

function lookInto(chunk: Record<string, unknown>): Look {
  const choices = Array.isArray(chunk['choices']) ? chunk['choices'].filter(isRecord) : []
  let sees: number = Sees.Nothing
  let facts = headFacts(chunk)
  let failed = false
  let textField: string | undefined
  for (const choice of choices) {
    const delta = isRecord(choice['delta']) ? choice['delta'] : {}
    for (const field in delta) {
      if (field === 'role') sees |= Sees.Role
      else if (hasContent(delta[field])) sees |= Sees.Output
    }
    if (choices.length === 1) textField = onlyTextField(delta)
    const finishReason = choice['finish_reason']
    if (typeof finishReason !== 'string') continue
    sees |= Sees.Finish
    facts = { ...facts, finishReason }
    if (FAILED.has(finishReason)) failed = true
  }
  if (isRecord(chunk['usage'])) {
    sees |= Sees.Usage
    facts = { ...facts, usage: readUsage(chunk['usage']), usageJson: chunk['usage'] }
  }
  return { choices, sees, facts, failed, textField }
}

/**
 * Repairs in place what breaks clients: a first delta without role (helpers throw, tool calls get lost), tool calls
 * without index or with arguments as an object, reasoning under its newer name, usage outside the usage event.
 *
 * @returns whether anything was changed.
 */
function mend(
  chunk: Record<string, unknown>,
  choices: readonly Record<string, unknown>[],
  begun: Map<unknown, ChoiceSoFar>,
): boolean {
  let mended = false
  if (isRecord(chunk['usage'])) {
    delete chunk['usage']
    mended = true
  }
  for (const choice of choices) {
    const delta = choice['delta']
    if (!isRecord(delta)) continue
    const soFar = begun.get(choice['index'])
    if (soFar === undefined && typeof delta['role'] !== 'string') {
      delta['role'] = 'assistant'
      mended = true
    }
    const current = soFar ?? { toolCall: -1 }
    begun.set(choice['index'], current)
    if (typeof delta['reasoning'] === 'string' && delta['reasoning_content'] === undefined) {
      delta['reasoning_content'] = delta['reasoning']
      delete delta['reasoning']
      mended = true
    }
    if (numberToolCalls(delta, current)) mended = true
  }
  return mended
}

/** Gives tool calls the index and the string arguments that OpenAI's shape has. Returns whether it had to. */
function numberToolCalls(delta: Record<string, unknown>, soFar: ChoiceSoFar): boolean {
  const calls = delta['tool_calls']
  if (!Array.isArray(calls)) return false
  let changed = false
  for (const call of calls.filter(isRecord)) {
    if (typeof call['index'] === 'number') {
      soFar.toolCall = call['index']
    } else {
      // An id begins a call; what comes without one goes on with the last.
      if (soFar.toolCall < 0 || call['id']) soFar.toolCall += 1
      call['index'] = soFar.toolCall
      changed = true
    }
    const made = call['function']
    if (isRecord(made) && typeof made['arguments'] === 'object' && made['arguments'] !== null) {
      made['arguments'] = JSON.stringify(made['arguments'])
      changed = true
    }
  }
  return changed
}

function headFacts(chunk: Record<string, unknown>): FrameFacts {
  const { id, created } = chunk
  return { ...(typeof id === 'string' && { id }), ...(typeof created === 'number' && { created: Math.trunc(created) }) }
}

const hasContent = (value: unknown): boolean =>
  typeof value === 'string' || Array.isArray(value) ? value.length > 0 : value !== null && value !== undefined

function onlyTextField(delta: Record<string, unknown>): string | undefined {
  const fields = Object.keys(delta)
  const [field] = fields
  return fields.length === 1 && field !== undefined && field !== 'role' && typeof delta[field] === 'string'
    ? field
    : undefined
}

function parse(data: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(data.toString('utf8'))
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}
