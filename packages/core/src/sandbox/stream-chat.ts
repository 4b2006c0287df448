import type { Bytes } from '../transport.ts'
import { doneFrame } from '../bytes/frames.ts'
import type { SandboxAnswer } from './chat-answer.ts'
import { type Chunks, single } from './play-script.ts'

/** What names an answer: the same in its JSON and in each of its chunks. */
export interface AnswerIdentity {
  readonly id: string
  /** In s since the epoch. */
  readonly created: number
  /** As the caller spelled it, fault and all. */
  readonly model: string
}

/** A streamed answer in its parts, so that a fault can strike between any two chunks. */
export interface StreamParts {
  /** One for each choice. */
  readonly roles: Chunks
  /** Text or pieces of a tool call, the choices taking turns. */
  readonly output: Chunks
  /** One for each choice. */
  readonly finishes: Chunks
  readonly usage: Chunks
  readonly done: Chunks
}

/** The usage object of an answer: each output chunk is one token. */
export function usageOf({ promptTokens, pieces, choices }: SandboxAnswer): Readonly<Record<string, unknown>> {
  const completionTokens = pieces.length * choices
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0 },
  }
}

/** The id of the tool call that a choice makes. */
export const toolCallId = (id: string, choice: number): string => `call_${id.slice(id.indexOf('-') + 1)}-${choice}`

/** Writes the chunks of an answer. What they have in common is written once. */
export function streamChat(answer: SandboxAnswer, { id, created, model }: AnswerIdentity): StreamParts {
  const { choices, pieces } = answer
  const common = `data: {"id":${JSON.stringify(id)},"object":"chat.completion.chunk","created":${created},"model":${JSON.stringify(model)},"choices":[`
  const going = `},"logprobs":null,"finish_reason":null}]}\n\n`
  const starts = Array.from({ length: choices }, (_, choice) => `${common}{"index":${choice},"delta":{`)
  const delta = (choice: number, json: string): Bytes => Buffer.from(`${starts[choice]}${json}${going}`)
  const name = JSON.stringify(answer.callsTool ? pieces[0] : '')

  return {
    roles: {
      count: choices,
      at: (choice) => delta(choice, `"role":"assistant","content":${answer.callsTool ? 'null' : '""'},"refusal":null`),
    },
    output: {
      count: pieces.length * choices,
      at(index) {
        const choice = choices === 1 ? 0 : index % choices
        const at = choices === 1 ? index : Math.floor(index / choices)
        const piece = JSON.stringify(pieces[at])
        if (!answer.callsTool) return delta(choice, `"content":${piece}`)
        if (at > 0) return delta(choice, `"tool_calls":[{"index":0,"function":{"arguments":${piece}}}]`)
        const callId = JSON.stringify(toolCallId(id, choice))
        const call = `{"index":0,"id":${callId},"type":"function","function":{"name":${name},"arguments":""}}`
        return delta(choice, `"tool_calls":[${call}]`)
      },
    },
    finishes: {
      count: choices,
      at: (choice) => Buffer.from(`${starts[choice]}},"logprobs":null,"finish_reason":"${answer.finish}"}]}\n\n`),
    },
    usage: {
      count: 1,
      at: () => Buffer.from(`${common}],"usage":${JSON.stringify(usageOf(answer))}}\n\n`),
    },
    done: single(doneFrame),
  }
}
