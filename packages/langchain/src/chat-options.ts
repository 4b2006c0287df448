import type {
  BaseChatModelCallOptions,
  BaseChatModelParams,
  BindToolsInput,
} from '@langchain/core/language_models/chat_models'
import type { ChatRequest, ModelId } from '@speka/core'
import type { GatewayConnection } from '@speka/core/node'

/** What steers one answer. Given to the constructor it holds for every call; given with a call, for that one. */
export interface ChatSpekaSettings {
  /** Models to fall back to, in order, when `model` fails before its first output. */
  models?: ModelId[] | undefined
  /** How to choose among the providers of a model, as OpenRouter spells it: `order`, `only`, `sort`, `max_price`, … */
  provider?: ChatRequest['provider']
  temperature?: number | undefined
  topP?: number | undefined
  /** The most tokens an answer may have. */
  maxTokens?: number | undefined
  frequencyPenalty?: number | undefined
  presencePenalty?: number | undefined
  logitBias?: Record<string, number> | undefined
  logprobs?: boolean | undefined
  topLogprobs?: number | undefined
  seed?: number | undefined
  /** How many answers to give. Streams give one. */
  n?: number | undefined
  reasoningEffort?: ChatRequest['reasoning_effort'] | undefined
  /** Your user's id, for the provider. */
  user?: string | undefined
  /** Calls of one session go to one target while its cache makes them cheaper. */
  sessionId?: string | undefined
  /** Fields of the request that have no option here, as the wire spells them. */
  modelKwargs?: Record<string, unknown> | undefined
  /** Refuse a call, before it is made, rather than let it cost more: US dollars, as a number or a decimal string. */
  maxCostUsd?: number | string | undefined
}

/** How to make a `ChatSpeka`. */
export interface ChatSpekaFields extends BaseChatModelParams, GatewayConnection, ChatSpekaSettings {
  /** A model's id, such as `meta/llama-3.3-70b-instruct`. */
  model?: ModelId
  /** Another name for `model`. */
  modelName?: ModelId
  /** Texts that end an answer. */
  stop?: string[]
  /** Another name for `stop`. */
  stopSequences?: string[]
  /** How long a call may take, all attempts and fallbacks together, in ms. Default: the gateway's `total_ms`. */
  timeout?: number
  /**
   * Whether `invoke` asks for a stream and puts it together.
   * @default false
   */
  streaming?: boolean
  /**
   * Whether streams end with what they used and cost.
   * @default true
   */
  streamUsage?: boolean
  /**
   * How often LangChain repeats a failed call. The gateway has retried by then, so more of it only takes longer.
   * @default 0
   */
  maxRetries?: number
}

/** Options of a single call, beside LangChain's own. */
export interface ChatSpekaCallOptions extends BaseChatModelCallOptions, ChatSpekaSettings {
  /** In place of the constructor's `model`. */
  model?: ModelId
  tools?: BindToolsInput[]
  response_format?: ChatRequest['response_format']
  parallel_tool_calls?: boolean
  /** Whether tools' arguments must follow their schema to the letter. */
  strict?: boolean
}
