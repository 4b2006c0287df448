import {
  SpekaError,
  type AnswerDetails,
  type CallOptions,
  type ChatAnswered,
  type ChatChunk,
  type ChatRequest,
  type Gateway,
} from '@speka/core'
import { ToolCallNumbers } from '@speka/core/internal'
import { costOfChat } from './cost-of-call.ts'
import { isEstimated } from './metadata.ts'
import type { SpekaCostHandler } from './speka-cost-handler.ts'
import { toLangChainError } from './speka-model-error.ts'
import { Spending } from './spending.ts'

export type ChatStream = AsyncGenerator<ChatChunk, AnswerDetails | undefined>

/** One call, ready to be made. */
export interface Question {
  readonly connect: () => Gateway
  readonly request: ChatRequest
  readonly options: CallOptions
  /** In US dollars. */
  readonly maxCostUsd: number | string | undefined
  /** Who wants to know what it costs. */
  readonly costHandlers: readonly SpekaCostHandler[]
}

/**
 * Asks for one answer.
 *
 * @throws SpekaModelError, or LangChain's `ContextOverflowError`; the signal's reason when it was aborted.
 */
export async function ask(question: Question): Promise<ChatAnswered> {
  try {
    const { connect, request, options } = question
    const gateway = connect()
    const spending = await spendingFor(question, gateway)
    try {
      const answer = await gateway.chat(request, { ...options, maxCostUsd: spending.maxCostUsd })
      const { model, cost, usage, choices } = answer
      spending.answered({
        model,
        cost,
        isEstimated: isEstimated(answer, usage),
        finishReason: choices[0]?.finish_reason,
      })
      return answer
    } catch (error) {
      throw spending.failed(error)
    }
  } catch (error) {
    throw toLangChainError(error)
  }
}

/**
 * Asks for an answer piece by piece. Leaving the loop closes the upstream.
 *
 * @throws what {@link ask} throws, on the loop; a broken stream never just ends.
 */
export async function* askStream(question: Question): ChatStream {
  try {
    const { connect, request, options } = question
    const gateway = connect()
    const spending = await spendingFor(question, gateway)
    const events = gateway.streamChat(request, { ...options, maxCostUsd: spending.maxCostUsd })
    return yield* paid(events, spending, request.model)
  } catch (error) {
    throw toLangChainError(error)
  }
}

async function* paid(events: ChatStream, spending: Spending, asked: string): ChatStream {
  let last: ChatChunk | undefined
  let finishReason: string | undefined
  const numbers = new ToolCallNumbers()
  try {
    for (;;) {
      const { value, done } = await events.next()
      if (done === true) {
        spending.answered({
          model: last?.model ?? asked,
          cost: value?.cost,
          isEstimated: isEstimated(value, last?.usage),
          finishReason,
        })
        return value
      }
      last = value
      finishReason = value.choices[0]?.finish_reason ?? finishReason
      spending.pause()
      yield numbered(value, numbers)
      spending.resume()
    }
  } catch (error) {
    // An abort is no failure: what was delivered by then may have to be paid.
    if (last !== undefined && !SpekaError.is(error)) spending.left()
    throw spending.failed(error)
  } finally {
    spending.left()
    await events.return(undefined)
  }
}

/** The event with tool calls told apart by their index, by which LangChain puts their pieces together. */
function numbered(event: ChatChunk, numbers: ToolCallNumbers): ChatChunk {
  const [choice, ...others] = event.choices
  const pieces = choice?.delta.tool_calls
  if (choice === undefined || pieces === undefined) return event
  const renumbered = pieces.map((piece) => ({ ...piece, index: numbers.of(piece) }))
  return { ...event, choices: [{ ...choice, delta: { ...choice.delta, tool_calls: renumbered } }, ...others] }
}

function spendingFor({ request, options, maxCostUsd, costHandlers }: Question, gateway: Gateway): Promise<Spending> {
  return Spending.begin(costHandlers, {
    model: request.model,
    isLimited: (request.max_completion_tokens ?? request.max_tokens) != null,
    maxCostUsd,
    mostCost: () => costOfChat(request, gateway),
    signal: options.signal,
  })
}
