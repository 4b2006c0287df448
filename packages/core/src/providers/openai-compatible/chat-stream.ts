import { isRecord } from '../../json.ts'
import type { Bytes } from '../../transport.ts'
import { parseExactly } from '../../wire/exact-json.ts'
import { dataOf, doneFrame, isDone, isPlain, jsonFrame } from '../../bytes/frames.ts'
import { inTier, readServiceTier, readUsage } from '../../wire/read-usage.ts'
import { scanObject } from '../../bytes/scan-object.ts'
import { join, setMember, splice } from '../../bytes/splice.ts'
import { badReply } from '../bad-reply.ts'
import { errorIn, tellsError } from '../error-in.ts'
import { textLengthOf, TokenCount } from '../../operations/token-count.ts'
import { callsIn, holdsArgumentObjects } from '../tool-calls/plain-call.ts'
import { Sees, type Emit, type FrameFacts, type FrameTranslator, type TranslationTarget } from '../provider.ts'
import { choicesOf, failureOfChoice, parseAnswer } from './chat-answer.ts'
import { classifyErrorObject } from './classify.ts'
import { callIdsFor, completeHead, type AnswerName } from './complete-answer.ts'
import { finishReasonOf, saysFailed } from './finish-reason.ts'
import { classifyGatewayEvent, gatewayFacts } from './gateway-answer.ts'
import { twinOf, twinRun, type FrameTwin } from '../../bytes/frame-twin.ts'
import { mendChoice, mendChunk, nameForCaller, type ChoiceSoFar } from './mend.ts'
import { usageAsOpenAI } from './usage-shape.ts'

const DATA = Buffer.from('data: ')
const END = Buffer.from('\n\n')
const LF = 0x0a
const CHUNK = 'chat.completion.chunk'

/**
 * Relays a stream of OpenAI-shaped chunks. A frame goes through untouched unless the caller must see another model name
 * or a client would stumble over it: see {@link mendChunk}. Usage is taken out here and added again, priced, at the end.
 */
export class ChatStreamTranslator implements FrameTranslator {
  readonly #target: TranslationTarget
  readonly #name: AnswerName
  /** What the first event with a choice in it was called, for those whose id is empty. */
  #head: AnswerName | undefined
  readonly #isGateway: boolean
  /** What each choice has had so far, by its index. */
  readonly #begun = new Map<unknown, ChoiceSoFar>()
  readonly #mintId: () => string
  #twin: FrameTwin | undefined
  readonly #delivered = new TokenCount()
  #serviceTier: string | undefined

  /**
   * @param name what the answer is called unless the upstream says so.
   * @param isGateway whether the upstream chose the model by itself, and says which.
   */
  constructor(target: TranslationTarget, name: AnswerName, isGateway = false) {
    this.#target = target
    this.#name = name
    this.#mintId = callIdsFor(name)
    this.#isGateway = isGateway
  }

  get serviceTier(): string | undefined {
    return this.#serviceTier
  }

  get outputTokens(): number {
    return this.#delivered.tokens
  }

  frame(frame: Buffer, emit: Emit): void {
    if (this.run(frame, 0, emit) > 0) return
    const data = dataOf(frame)
    // Comments and events without data crash or confuse clients; the gateway sends keep-alives of its own.
    if (data === undefined) return
    if (isDone(data)) emit(doneFrame, Sees.Done)
    else this.#chunk(frame, data, emit)
  }

  run(chunk: Buffer, start: number, emit: Emit): number {
    const run = this.#twin === undefined ? undefined : twinRun(this.#twin, chunk, start)
    if (run === undefined) return start
    this.#delivered.add(run.count, run.textBytes)
    emit(run.forCaller, Sees.Output)
    return run.end
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
    const error = errorIn(chunk)
    if (error !== undefined) {
      emit(frame, Sees.Failure, { failure: this.#isGateway ? classifyGatewayEvent(error) : classifyErrorObject(error) })
      return
    }
    // It may stand in the first event alone, or in each.
    if (chunk['service_tier'] != null) this.#serviceTier = readServiceTier(chunk['service_tier'])
    const completed = completeHead(chunk, (chunk['id'] === '' ? this.#head : undefined) ?? this.#name, CHUNK).length > 0
    const isWhole = this.#hasWholeMessages(chunk['choices'])
    const look = lookInto(chunk)
    if (look.choices.length > 0) this.#head ??= headOf(chunk)
    let facts = this.#isGateway ? { ...look.facts, ...gatewayFacts(chunk) } : look.facts
    if (look.failed !== undefined) {
      emit(frame, Sees.Failure, { ...facts, failure: failureOfChoice(look.failed) })
      return
    }
    if (look.choices.length === 0) {
      // A chunk without choices crashes callers that did not ask for usage.
      if ((look.sees & Sees.Usage) !== 0) emit(EMPTY, Sees.Usage, facts)
      return
    }
    if ((look.sees & Sees.Output) !== 0) this.#delivered.add(1, textLengthOf(look.choices))
    const goesOnWith = this.#begun.has(look.choices[0]?.['index'] ?? 0) ? look.textField : undefined
    const mended = mendChunk(chunk, look.choices, this.#begun, this.#mintId) || completed || isWhole
    if ((look.sees & Sees.Finish) !== 0) facts = { ...facts, ...endFacts(look.choices) }
    const forCaller = this.#forCaller(frame, data, chunk, mended)
    // The first event of a choice has a role that its twins would have too.
    if (goesOnWith !== undefined && (look.sees & ~Sees.Role) === Sees.Output && isPlain(frame)) {
      this.#twin = twinOf(frame, goesOnWith, forCaller, nameForCaller(goesOnWith))
    }
    // Until each choice that has begun is finished too, the answer goes on.
    const goesOn = (look.sees & Sees.Finish) !== 0 && [...this.#begun.values()].some(({ finished }) => !finished)
    emit(forCaller, goesOn ? look.sees & ~Sees.Finish : look.sees, facts)
  }

  /** Whether choices begin with a whole message, where a piece of one should be: they have it as a piece then. */
  #hasWholeMessages(choices: unknown): boolean {
    if (!Array.isArray(choices)) return false
    let found = false
    for (const choice of choices) {
      if (!isRecord(choice) || choice['delta'] != null || !isRecord(choice['message'])) continue
      if (this.#begun.has(choice['index'] ?? 0)) continue
      choice['delta'] = choice['message']
      delete choice['message']
      found = true
    }
    return found
  }

  #forCaller(frame: Buffer, data: Buffer, chunk: Record<string, unknown>, mended: boolean): Buffer {
    const model = this.#isGateway && typeof chunk['model'] === 'string' ? chunk['model'] : this.#target.model
    // Data over several lines would need a `data:` before each.
    if (mended || data.includes(LF)) return jsonFrame({ ...chunk, model })
    if (chunk['model'] === model) return isPlain(frame) ? frame : Buffer.concat([DATA, data, END])
    const scan = scanObject(data, Infinity)
    if (scan === undefined) return jsonFrame({ ...chunk, model })
    return Buffer.concat([DATA, join(splice(data, [setMember(scan, 'model', JSON.stringify(model))])), END])
  }
}

/** Shapes a whole answer into the frames of a stream, for an upstream that was asked to stream and did not. */
export function streamFromAnswer(body: Bytes, target: TranslationTarget, name: AnswerName, emit: Emit): void {
  const { choices, usage, ...head } = parseAnswer({ body })
  completeHead(head, name, CHUNK)
  head['model'] = target.model
  const facts = headFacts(head)
  const mintId = callIdsFor(name)
  for (const choice of choicesOf(choices)) {
    const { message, index = 0, logprobs = null } = choice
    const delta: Record<string, unknown> = { role: 'assistant', ...(isRecord(message) ? message : {}) }
    const mended: Record<string, unknown> = { ...choice, index, message: delta, logprobs }
    mendChoice(mended, 0, mintId)
    for (const [position, call] of callsIn(delta).entries()) call['index'] = position
    const begins = { index, delta, logprobs, finish_reason: null }
    emit(jsonFrame({ ...head, choices: [begins] }), Sees.Role | Sees.Output, facts)
    const finishReason = finishReasonOf(mended) ?? 'stop'
    const ends = { index, delta: {}, logprobs: null, finish_reason: finishReason }
    emit(jsonFrame({ ...head, choices: [ends] }), Sees.Finish, { finishReason })
  }
  if (isRecord(usage)) emit(EMPTY, Sees.Usage, usageFacts(usage, readServiceTier(head['service_tier'])))
  emit(doneFrame, Sees.Done)
}

const EMPTY = Buffer.alloc(0)

interface Look {
  readonly choices: readonly Record<string, unknown>[]
  readonly sees: number
  readonly facts: FrameFacts
  /** A choice that says it broke off. */
  readonly failed: Record<string, unknown> | undefined
  /** The delta's only field with anything in it, the role aside, when that is a text: what a twin differs in. */
  readonly textField: string | undefined
}

function lookInto(chunk: Record<string, unknown>): Look {
  const choices = Array.isArray(chunk['choices']) ? chunk['choices'].filter(isRecord) : []
  let sees: number = Sees.Nothing
  let facts = headFacts(chunk)
  let failed: Record<string, unknown> | undefined
  let usage = isRecord(chunk['usage']) ? chunk['usage'] : undefined
  let textField: string | undefined
  for (const choice of choices) {
    const delta = isRecord(choice['delta']) ? choice['delta'] : {}
    for (const field in delta) {
      if (field === 'role') sees |= Sees.Role
      else if (hasContent(delta[field])) sees |= Sees.Output
    }
    if (choices.length === 1) textField = onlyTextField(delta)
    // Moonshot puts it there.
    if (usage === undefined && isRecord(choice['usage'])) usage = choice['usage']
    const finishReason = finishReasonOf(choice)
    if (tellsError(choice)) failed = choice
    if (finishReason === undefined) continue
    sees |= Sees.Finish
    facts = { ...facts, finishReason }
    if (saysFailed(finishReason)) failed = choice
  }
  if (usage !== undefined) {
    sees |= Sees.Usage
    facts = { ...facts, ...usageFacts(usage) }
  }
  return { choices, sees, facts, failed, textField }
}

/** What a completed chunk is called. */
const headOf = ({ id, created }: Record<string, unknown>): AnswerName => ({ id: String(id), created: Number(created) })

const usageFacts = (usage: Record<string, unknown>, serviceTier?: string): FrameFacts => ({
  usage: inTier(readUsage(usage), serviceTier),
  usageJson: usageAsOpenAI(usage),
})

function headFacts(chunk: Record<string, unknown>): FrameFacts {
  const { id, created } = chunk
  return { ...(typeof id === 'string' && { id }), ...(typeof created === 'number' && { created: Math.trunc(created) }) }
}

/** Why the choices of a mended chunk ended: of several, the last counts. */
function endFacts(choices: readonly Record<string, unknown>[]): FrameFacts {
  const finishReason = choices.map(finishReasonOf).findLast((reason) => reason !== undefined)
  return finishReason === undefined ? {} : { finishReason }
}

const hasContent = (value: unknown): boolean =>
  typeof value === 'string' || Array.isArray(value) ? value.length > 0 : value !== null && value !== undefined

function onlyTextField(delta: Record<string, unknown>): string | undefined {
  const fields = Object.keys(delta).filter((field) => field !== 'role' && hasContent(delta[field]))
  const [field] = fields
  return fields.length === 1 && field !== undefined && typeof delta[field] === 'string' ? field : undefined
}

function parse(data: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(data.toString('utf8'))
    // Arguments that came as an object are passed on as a text, to the last digit.
    if (isRecord(value) && deltasHoldObjects(value)) return parseExactly(data.toString('utf8')) as typeof value
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

function deltasHoldObjects({ choices }: Record<string, unknown>): boolean {
  if (!Array.isArray(choices)) return false
  for (const choice of choices) if (isRecord(choice) && holdsArgumentObjects(choice['delta'])) return true
  return false
}
