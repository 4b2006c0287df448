import { wrapLLMEvent } from '@llamaindex/core/decorator'
import { withEventCaller } from '@llamaindex/core/global'
import {
  ToolCallLLM,
  type BaseTool,
  type ChatResponse,
  type ChatResponseChunk,
  type LLMChatParamsNonStreaming,
  type LLMChatParamsStreaming,
  type LLMMetadata,
} from '@llamaindex/core/llms'
import { isZodSchema, zodToJsonSchema, type ZodInfer, type ZodSchema } from '@llamaindex/core/zod'
import type { ChatRequest, FunctionTool, Gateway, ModelId } from '@speka/core'
import { openGateway, type GatewayConnection } from '@speka/core/node'
import { thoughtsHeldBack, toChunks, toResponse } from './answer.ts'
import { toChatMessages, type SpekaMessageOptions } from './messages.ts'
import { modelFacts } from './model-facts.ts'
import { TurnMemory } from './turn-memory.ts'

export type { SpekaMessageOptions } from './messages.ts'

/** How to make a `SpekaLLM`. */
export interface SpekaLLMOptions extends GatewayConnection {
  /** A model's id, such as `meta/llama-3.3-70b-instruct`. */
  model: ModelId
  /** Models to fall back to, in order, when `model` fails before its first output. */
  models?: ModelId[] | undefined
  /** How to choose among the providers of a model, as OpenRouter spells it. */
  provider?: ChatRequest['provider']
  temperature?: number | undefined
  topP?: number | undefined
  /** The most tokens an answer may have. */
  maxTokens?: number | undefined
  /** Fields of the request that have no option here, as the wire spells them. */
  additionalChatOptions?: SpekaChatOptions | undefined
  /** How long a call may take, all attempts and fallbacks together, in ms. Default: the gateway's `total_ms`. */
  timeout?: number | undefined
  /** Refuse a call, before it is made, rather than let it cost more: US dollars, as a number or a decimal string. */
  maxCostUsd?: number | string | undefined
  /** Kept with the usage records. */
  metadata?: Record<string, string> | undefined
  /** Words for the gateway's rules of routing to look at. */
  tags?: string[] | undefined
  /** In tokens. Default: what the catalog says of the model, or 32,768 of one that it does not know. */
  contextWindow?: number | undefined
}

/** Fields of a chat request, as the wire spells them. */
export type SpekaChatOptions = Partial<ChatRequest>

type Streaming = LLMChatParamsStreaming<SpekaChatOptions, SpekaMessageOptions>
type NonStreaming = LLMChatParamsNonStreaming<SpekaChatOptions, SpekaMessageOptions>
type Base = ToolCallLLM<SpekaChatOptions, SpekaMessageOptions>
/** LlamaIndex's own type, which it does not export. */
type Executed<Output> = Omit<Awaited<ReturnType<Base['streamExec']>>, 'object'> & { object?: Output | undefined }
type Chunks = AsyncIterable<ChatResponseChunk<SpekaMessageOptions>>

/**
 * A language model that goes through Speka: every model of the gateway under its id, with fallbacks, and with what an answer
 * cost in `raw.cost`.
 *
 * @example
 * Settings.llm = new SpekaLLM({ model: 'meta/llama-3.3-70b-instruct', models: ['openai/gpt-oss-120b'] })
 */
export class SpekaLLM extends ToolCallLLM<SpekaChatOptions, SpekaMessageOptions> {
  readonly model: string
  readonly temperature: number | undefined
  readonly topP: number | undefined
  readonly maxTokens: number | undefined
  // Out of sight of logs.
  declare private readonly options: SpekaLLMOptions
  declare private readonly turns: TurnMemory

  constructor(options: SpekaLLMOptions) {
    super()
    this.model = options.model
    this.temperature = options.temperature
    this.topP = options.topP
    this.maxTokens = options.maxTokens
    Object.defineProperty(this, 'options', { value: options })
    Object.defineProperty(this, 'turns', { value: new TurnMemory() })
  }

  /**
   * Where its calls go: the gateway it was given, or one in front of a server.
   *
   * @throws SpekaError `invalid_api_key` when there is neither a gateway nor a key.
   */
  get gateway(): Gateway {
    return openGateway(this.options)
  }

  /** What LlamaIndex plans by; the context window above all is the model's own. */
  get metadata(): LLMMetadata {
    const facts = modelFacts(this.model, this.options.gateway)
    return {
      model: this.model,
      // What providers use when nobody asks for another.
      temperature: this.temperature ?? 1,
      topP: this.topP ?? 1,
      maxTokens: this.maxTokens,
      contextWindow: this.options.contextWindow ?? facts.contextWindow,
      tokenizer: undefined,
      structuredOutput: facts.structuredOutput,
    }
  }

  get supportToolCall(): boolean {
    return modelFacts(this.model, this.options.gateway).toolCalls
  }

  /**
   * Asks for an answer, or for a stream of one. Callbacks of `Settings.callbackManager` hear of it.
   *
   * @throws SpekaError; of a stream, on its loop.
   */
  override chat(params: Streaming): Promise<Chunks>
  override chat(params: NonStreaming): Promise<ChatResponse<SpekaMessageOptions>>
  override chat(params: Streaming | NonStreaming): Promise<Chunks | ChatResponse<SpekaMessageOptions>> {
    return withEventCaller(this, () => toldOf.call(this, params)) as Promise<Chunks>
  }

  /**
   * Asks for a stream, and runs the tools that the answer calls. What the model thinks before its first word or call comes
   * with that.
   *
   * @throws SpekaError
   */
  override streamExec<Schema extends ZodSchema>(
    params: LLMChatParamsStreaming<SpekaChatOptions, SpekaMessageOptions, Schema>,
  ): Promise<Executed<ZodInfer<Schema>>> {
    return super.streamExec({ ...params, [readsTheFirstChunk]: true } as typeof params)
  }

  /** @internal */
  async ask(params: Streaming | NonStreaming): Promise<Chunks | ChatResponse<SpekaMessageOptions>> {
    const { timeout, maxCostUsd, tags } = this.options
    const options = { timeoutMs: timeout, maxCostUsd, tags }
    const request = this.request(params)
    if (params.stream !== true) return toResponse(await this.gateway.chat(request, options), this.turns)
    const events = this.gateway.streamChat({ ...request, stream_options: { include_usage: true } }, options)
    const chunks = toChunks(events, this.turns)
    return readsTheFirstChunk in params ? thoughtsHeldBack(chunks) : chunks
  }

  private request({
    messages,
    tools = [],
    responseFormat,
    additionalChatOptions,
  }: Streaming | NonStreaming): ChatRequest {
    const { models, provider, metadata } = this.options
    return {
      model: this.model,
      ...(models !== undefined && { models }),
      ...(provider != null && { provider }),
      ...(metadata !== undefined && { metadata }),
      ...(this.temperature !== undefined && { temperature: this.temperature }),
      ...(this.topP !== undefined && { top_p: this.topP }),
      ...(this.maxTokens !== undefined && { max_tokens: this.maxTokens }),
      ...this.options.additionalChatOptions,
      ...additionalChatOptions,
      ...(tools.length > 0 && { tools: tools.map(toFunction) }),
      ...(mustFormat(messages, tools) && { tool_choice: { type: 'function', function: { name: FORMAT_TOOL } } }),
      ...(responseFormat !== undefined && { response_format: toFormat(responseFormat) }),
      messages: toChatMessages(messages, this.turns),
    }
  }
}

/** Marks a call of `streamExec`, to which a stream that begins with a thought would be one without tool calls. */
const readsTheFirstChunk = Symbol('speka.reads-the-first-chunk')

type Told = (this: SpekaLLM, params: Streaming | NonStreaming) => Promise<Chunks | ChatResponse<SpekaMessageOptions>>

/** LlamaIndex's decorator as the function that it is: Node does not know the syntax yet. */
const toldOf = wrapLLMEvent(
  function (this: SpekaLLM, params: Streaming | NonStreaming) {
    return this.ask(params)
  } as never,
  {} as ClassMethodDecoratorContext,
) as unknown as Told

/** The tool by which LlamaIndex has a model answer in the shape of a schema. */
const FORMAT_TOOL = 'format_output'

/** Whether all that is wanted is an answer in that shape: then the model shall not choose to chat instead. */
function mustFormat(messages: NonStreaming['messages'], tools: readonly BaseTool[]): boolean {
  const answered = 'toolResult' in (messages.at(-1)?.options ?? {})
  return tools.length === 1 && tools[0]?.metadata.name === FORMAT_TOOL && !answered
}

function toFunction({ metadata: { name, description, parameters } }: BaseTool): FunctionTool {
  const schema = parameters as Record<string, unknown> | undefined
  return { type: 'function', function: { name, description, ...(schema !== undefined && { parameters: schema }) } }
}

/** A format may come as a zod schema, or as the wire has it. */
function toFormat(format: object): NonNullable<ChatRequest['response_format']> {
  if (!isZodSchema(format)) return format as NonNullable<ChatRequest['response_format']>
  const schema = zodToJsonSchema(format) as Record<string, unknown>
  return { type: 'json_schema', json_schema: { name: 'response_format', schema } }
}
