import { AIMessage, type StandardMessageStructure, type UsageMetadata } from '@langchain/core/messages'
import { makeInvalidToolCall, parseToolCall } from '@langchain/core/output_parsers/openai_tools'
import type { ChatGeneration, ChatResult } from '@langchain/core/outputs'
import { convertCompletionsMessageToBaseMessage } from '@langchain/openai'
import type { ChatAnswered, ToolCall } from '@speka/core'
import { carriedFields } from '@speka/core/internal'
import { mintMessageId, responseMetadata, usageMetadata } from './metadata.ts'

type Converted = Parameters<typeof convertCompletionsMessageToBaseMessage>[0]
type Choice = ChatAnswered['choices'][number]

/** An answer as LangChain has it: one generation for each choice. */
export function toChatResult(answer: ChatAnswered): ChatResult {
  const usage = usageMetadata(answer.usage)
  return {
    generations: answer.choices.map((choice) => toGeneration(choice, answer, usage)),
    llmOutput: usage === undefined ? {} : { tokenUsage: tokenUsage(usage) },
  }
}

export type LLMOutput = ChatResult['llmOutput']

interface TokenUsage {
  promptTokens: number
  completionTokens: number
  totalTokens: number
}

/** The counts of several answers together. */
export function combinedTokenUsage(outputs: readonly LLMOutput[]): LLMOutput {
  const sum: TokenUsage = { promptTokens: 0, completionTokens: 0, totalTokens: 0 }
  for (const output of outputs) {
    const { tokenUsage } = (output ?? {}) as { tokenUsage?: TokenUsage }
    if (tokenUsage === undefined) continue
    sum.promptTokens += tokenUsage.promptTokens
    sum.completionTokens += tokenUsage.completionTokens
    sum.totalTokens += tokenUsage.totalTokens
  }
  return { tokenUsage: sum }
}

/** The counts under the names that LangChain's older callbacks know. */
const tokenUsage = (usage: UsageMetadata): TokenUsage => ({
  promptTokens: usage.input_tokens,
  completionTokens: usage.output_tokens,
  totalTokens: usage.total_tokens,
})

function toGeneration(choice: Choice, answer: ChatAnswered, usage: UsageMetadata | undefined): ChatGeneration {
  const { message, finish_reason, logprobs } = choice
  // The calls are read here: made of a message with a broken one, LangChain's would complain of it as well as the one below.
  const { tool_calls: calls, ...said } = message
  const converted = convertCompletionsMessageToBaseMessage({
    message: said,
    rawResponse: answer,
  } as unknown as Converted)
  const made = converted as AIMessage
  const text = typeof message.content === 'string' ? message.content : ''
  const fields = {
    content: made.content,
    ...readCalls(calls ?? []),
    additional_kwargs: withoutUnset({
      ...made.additional_kwargs,
      tool_calls: calls,
      ...beside(message),
      ...carriedFields(message),
    }),
    response_metadata: responseMetadata(
      {
        id: answer.id,
        model: answer.model,
        usage: answer.usage,
        finishReason: finish_reason,
        systemFingerprint: answer.system_fingerprint,
      },
      answer,
    ),
    id: mintMessageId(),
    ...(usage !== undefined && { usage_metadata: usage }),
  }
  return {
    text,
    // A new one: what is set on a message after it was made is lost when it is serialized.
    message: new AIMessage<StandardMessageStructure>(fields),
    generationInfo: { finish_reason, ...(logprobs != null && { logprobs }) },
  }
}

/** The calls with their arguments as objects, and apart from them those whose arguments are none. */
function readCalls(calls: readonly ToolCall[]): Pick<AIMessage, 'tool_calls' | 'invalid_tool_calls'> {
  const read: NonNullable<AIMessage['tool_calls']> = []
  const broken: NonNullable<AIMessage['invalid_tool_calls']> = []
  for (const call of calls) {
    const { id, function: called } = call
    try {
      // A function without parameters may be called with nothing at all.
      const whole = called.arguments === '' ? { ...call, function: { ...called, arguments: '{}' } } : call
      read.push(parseToolCall(whole, { returnId: true }))
    } catch (error) {
      broken.push({ ...makeInvalidToolCall(call, error instanceof Error ? error.message : String(error)), id })
    }
  }
  return { tool_calls: read, invalid_tool_calls: broken }
}

/** What a message says beside its content, where LangChain looks for it. */
export function beside({ reasoning_content, reasoning, refusal }: Readonly<Record<string, unknown>>) {
  const thought = reasoning_content ?? reasoning
  return {
    ...(typeof thought === 'string' && thought !== '' && { reasoning_content: thought }),
    ...(typeof refusal === 'string' && refusal !== '' && { refusal }),
  }
}

const withoutUnset = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null))
