import type { FinishReason } from '../../operations/chat/chat.ts'
import { TokenCount } from '../../operations/token-count.ts'

/** What every chunk of one stream begins with. */
export interface ChunkHead {
  readonly id: string
  /** Seconds since the epoch. */
  readonly created: number
  readonly model: string
  /** In which tier OpenAI says it has served the request, where it has said so by now. */
  readonly serviceTier?: string | undefined
}

/**
 * Writes the events of a stream in OpenAI's shape. What all of them have in common is spelled once; a text is then one
 * concatenation, which is what most events are.
 */
export class ChunkWriter {
  readonly #head: string
  readonly #written = new TokenCount()

  constructor({ id, created, model }: ChunkHead) {
    const known = { id, object: 'chat.completion.chunk', created, model }
    this.#head = `data: ${JSON.stringify(known).slice(0, -1)},"choices":[{"index":`
  }

  /** About how many tokens of output were written so far. */
  get outputTokens(): number {
    return this.#written.tokens
  }

  role(choice: number): Buffer {
    return this.#write(choice, '{"role":"assistant","content":""}')
  }

  text(choice: number, text: string): Buffer {
    this.#written.add(1, text.length)
    return this.#write(choice, `{"content":${JSON.stringify(text)}}`)
  }

  reasoning(choice: number, text: string): Buffer {
    this.#written.add(1, text.length)
    return this.#write(choice, `{"reasoning_content":${JSON.stringify(text)}}`)
  }

  /** A piece of the arguments of tool call `index`. */
  toolArguments(choice: number, index: number, json: string): Buffer {
    this.#written.add(1, json.length)
    return this.#write(choice, `{"tool_calls":[{"index":${index},"function":{"arguments":${JSON.stringify(json)}}}]}`)
  }

  /** Anything else: a tool call's beginning, fields that a provider adds. */
  delta(choice: number, delta: Readonly<Record<string, unknown>>): Buffer {
    return this.#write(choice, JSON.stringify(delta))
  }

  finish(choice: number, reason: FinishReason): Buffer {
    return this.#write(choice, '{}', JSON.stringify(reason))
  }

  #write(choice: number, delta: string, finishReason = 'null'): Buffer {
    return Buffer.from(`${this.#head}${choice},"delta":${delta},"logprobs":null,"finish_reason":${finishReason}}]}\n\n`)
  }
}
