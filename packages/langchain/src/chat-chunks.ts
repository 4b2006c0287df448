import { AIMessageChunk, type StandardMessageStructure } from '@langchain/core/messages'
import { ChatGenerationChunk } from '@langchain/core/outputs'
import { convertCompletionsDeltaToBaseMessageChunk } from '@langchain/openai'
import type { AnswerDetails, ChatChunk, CompletionUsage } from '@speka/core'
import { CarriedInStream } from '@speka/core/internal'
import { beside } from './chat-result.ts'
import { mintMessageId, MODEL_PROVIDER, responseMetadata, usageMetadata } from './metadata.ts'

type Converted = Parameters<typeof convertCompletionsDeltaToBaseMessageChunk>[0]

/**
 * Turns the events of one stream into LangChain's chunks. What must be said once is kept for {@link end}: when chunks are
 * put together, LangChain adds numbers up and strings the texts together.
 */
export class ChunkConverter {
  readonly #messageId = mintMessageId()
  #id: string | undefined
  #model = ''
  #finishReason: string | undefined
  #systemFingerprint: string | null | undefined
  #usage: CompletionUsage | undefined
  readonly #carried = new CarriedInStream()

  /** Why the answer ended, once it has. */
  get finishReason(): string | undefined {
    return this.#finishReason
  }

  /** The chunk for an event; `undefined` when it has nothing for a reader. */
  convert(event: ChatChunk): ChatGenerationChunk | undefined {
    this.#id ??= event.id
    this.#model = event.model
    this.#systemFingerprint = event.system_fingerprint ?? this.#systemFingerprint
    this.#usage = event.usage ?? this.#usage
    const choice = event.choices[0]
    if (choice === undefined) return undefined
    const { delta, finish_reason, logprobs } = choice
    this.#finishReason = finish_reason ?? this.#finishReason
    this.#carried.add(delta)
    const spoken = typeof delta.content === 'string' ? delta.content : ''
    const more = beside(delta)
    if (spoken === '' && delta.tool_calls === undefined && Object.keys(more).length === 0 && logprobs == null)
      return undefined
    const message = convertCompletionsDeltaToBaseMessageChunk({
      delta,
      rawResponse: event,
      defaultRole: 'assistant',
    } as unknown as Converted)
    message.response_metadata = { model_provider: MODEL_PROVIDER }
    message.id = this.#messageId
    Object.assign(message.additional_kwargs, more)
    return new ChatGenerationChunk({
      text: spoken,
      message,
      ...(logprobs != null && { generationInfo: { logprobs } }),
    })
  }

  /** The last chunk: no text, but how it ended, who answered, what it used and cost, and what the next turn wants back. */
  end(details: AnswerDetails | undefined): ChatGenerationChunk {
    const usage = usageMetadata(this.#usage)
    const head = {
      id: this.#id,
      model: this.#model,
      usage: this.#usage,
      finishReason: this.#finishReason,
      systemFingerprint: this.#systemFingerprint,
    }
    return new ChatGenerationChunk({
      text: '',
      message: new AIMessageChunk<StandardMessageStructure>({
        content: '',
        additional_kwargs: { ...this.#carried.fields },
        response_metadata: responseMetadata(head, details),
        id: this.#messageId,
        ...(usage !== undefined && { usage_metadata: usage }),
      }),
    })
  }
}
