import { isRecord, type Json } from '../../json.ts'
import { mergeCounts } from '../../wire/merge-counts.ts'
import { brokeOff } from '../openai-compatible/classify.ts'
import { errorIn } from '../error-in.ts'
import { Sees, type Emit, type FrameFacts, type FrameTranslator } from '../provider.ts'
import { ownIds, type IdFor } from '../tool-calls/own-ids.ts'
import { ChunkWriter, type ChunkHead } from '../translated/chunk-writer.ts'
import { declined } from '../translated/declined.ts'
import { readEvent } from '../translated/read-event.ts'
import { usageFacts } from '../translated/write-answer.ts'
import { holdsCall, indexOf, partsIn, readPart, type Said } from './candidate-parts.ts'
import { classifyGeminiError } from './classify.ts'
import { finishReasonFor, saysBlocked, saysBroken, saysNothingOfWhy } from './finish-reason.ts'
import { readGeminiUsage } from './read-usage.ts'
import { extraContent } from './thought-signature.ts'

const EMPTY = Buffer.alloc(0)

/** What a candidate has said so far. */
interface CandidateSoFar {
  said: boolean
  calls: number
  finished: boolean
}

/**
 * Turns the responses of Gemini's stream into OpenAI's chunks: one for each part. Gemini has no end mark; a stream is over
 * when every candidate has said why it ends.
 */
export class ResponseStreamTranslator implements FrameTranslator {
  readonly #head: ChunkHead
  readonly #idFor: IdFor
  #writer: ChunkWriter
  #named = false
  /** Google's counts, each as it was told last. */
  #counts: Json | undefined
  readonly #candidates = new Map<number, CandidateSoFar>()

  /** @param head its id counts only until the upstream has given one. */
  constructor(head: ChunkHead, requestId: string) {
    this.#head = head
    this.#idFor = ownIds(requestId)
    this.#writer = new ChunkWriter(head)
  }

  get outputTokens(): number {
    return this.#writer.outputTokens
  }

  /** The counts run along: the last ones come with the end, but a stream may break before it. */
  get counted(): FrameFacts | undefined {
    return this.#counts && usageFacts(readGeminiUsage(this.#counts))
  }

  frame(frame: Buffer, emit: Emit): void {
    const response = readEvent(frame, emit, holdsCall)
    if (response !== undefined) this.#response(response, emit)
  }

  end(): void {
    // Nothing is held back here: what a close means is for the attempt to judge.
  }

  #response(response: Json, emit: Emit): void {
    const { usageMetadata, candidates, responseId, promptFeedback } = response
    const error = errorIn(response)
    if (error !== undefined) {
      emit(EMPTY, Sees.Failure, { failure: classifyGeminiError(error) })
      return
    }
    if (!this.#named && typeof responseId === 'string') this.#name(responseId, emit)
    if (isRecord(usageMetadata)) {
      this.#counts = this.#counts === undefined ? usageMetadata : mergeCounts(this.#counts, usageMetadata)
      emit(EMPTY, Sees.Usage)
    }
    if (Array.isArray(candidates)) {
      for (let at = 0; at < candidates.length; at += 1) {
        const candidate: unknown = candidates[at]
        if (isRecord(candidate)) this.#candidate(candidate, at, emit)
      }
    }
    if (this.#candidates.size === 0 && saysBlocked(promptFeedback)) emit(EMPTY, Sees.Failure, { failure: declined })
  }

  /** From here on the answer has the upstream's id, unless it has begun under another. */
  #name(id: string, emit: Emit): void {
    this.#named = true
    if (this.#candidates.size > 0) return
    this.#writer = new ChunkWriter({ ...this.#head, id })
    emit(EMPTY, Sees.Nothing, { id })
  }

  #candidate(candidate: Json, at: number, emit: Emit): void {
    const { finishReason } = candidate
    const choice = indexOf(candidate, at)
    const soFar = this.#candidates.get(choice) ?? this.#begin(choice, emit)
    for (const part of partsIn(candidate)) {
      const said = readPart(part)
      if (said !== undefined) this.#say(choice, said, soFar, emit)
    }
    if (typeof finishReason === 'string' && finishReason !== '') this.#finish(choice, finishReason, soFar, emit)
  }

  #begin(choice: number, emit: Emit): CandidateSoFar {
    const soFar = { said: false, calls: 0, finished: false }
    this.#candidates.set(choice, soFar)
    emit(this.#writer.role(choice), Sees.Role, { created: this.#head.created })
    return soFar
  }

  #say(choice: number, said: Said, soFar: CandidateSoFar, emit: Emit): void {
    if (said.kind === 'call') {
      soFar.said = true
      emit(this.#writer.delta(choice, { tool_calls: [this.#call(said, soFar)] }), Sees.Output)
      return
    }
    const { signature } = said
    if (said.kind === 'picture') {
      soFar.said = true
      emit(this.#writer.delta(choice, { images: [said.picture] }), Sees.Output)
    } else if (said.text !== '') {
      soFar.said = true
      const { text } = said
      const writer = this.#writer
      emit(said.kind === 'text' ? writer.text(choice, text) : writer.reasoning(choice, text), Sees.Output)
    }
    if (signature !== undefined) emit(this.#writer.delta(choice, extraContent(signature)), Sees.Nothing)
  }

  /** Gemini sends each call whole. */
  #call({ id, name, args, signature }: Extract<Said, { kind: 'call' }>, soFar: CandidateSoFar): Json {
    const call = {
      index: soFar.calls,
      id: this.#idFor({ id }),
      type: 'function',
      function: { name, arguments: args },
      ...(signature !== undefined && extraContent(signature)),
    }
    soFar.calls += 1
    return call
  }

  #finish(choice: number, reason: string, soFar: CandidateSoFar, emit: Emit): void {
    if (soFar.finished) return
    const finishReason = finishReasonFor(reason, soFar.calls > 0)
    const silent = this.#candidates.size === 1 && !soFar.said
    const broken = saysBroken(reason) || (silent && saysNothingOfWhy(reason))
    if (broken || (silent && finishReason === 'content_filter')) {
      emit(EMPTY, Sees.Failure, { failure: broken ? brokeOff : declined })
      return
    }
    soFar.finished = true
    // Until each choice that has begun is finished too, the answer goes on.
    const goesOn = [...this.#candidates.values()].some(({ finished }) => !finished)
    emit(this.#writer.finish(choice, finishReason), goesOn ? Sees.Nothing : Sees.Finish, { finishReason })
  }
}
