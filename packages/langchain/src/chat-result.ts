import { AIMessage, type StandardMessageStructure, type UsageMetadata } from '@langchain/core/messages'
import type { ChatGeneration, ChatResult } from '@langchain/core/outputs'
import { convertCompletionsMessageToBaseMessage } from '@langchain/openai'
import type { ChatAnswered } from '@speka/core'
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
  const converted = convertCompletionsMessageToBaseMessage({ message, rawResponse: answer } as unknown as Converted)
  const made = converted as AIMessage
  const text = typeof message.content === 'string' ? message.content : ''
  const fields = {
    content: made.content,
    tool_calls: made.tool_calls ?? [],
    invalid_tool_calls: made.invalid_tool_calls ?? [],
    additional_kwargs: withoutUnset({ ...made.additional_kwargs, ...beside(message) }),
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
