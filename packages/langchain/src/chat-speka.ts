import type { CallbackManagerForLLMRun } from '@langchain/core/callbacks/manager'
import type { BaseLanguageModelInput, StructuredOutputMethodOptions } from '@langchain/core/language_models/base'
import { BaseChatModel, type BindToolsInput, type LangSmithParams } from '@langchain/core/language_models/chat_models'
import type { ChatModelStreamEvent } from '@langchain/core/language_models/event'
import type { ModelProfile } from '@langchain/core/language_models/profile'
import type { AIMessageChunk, BaseMessage, MessageContent } from '@langchain/core/messages'
import type { ChatGenerationChunk, ChatResult } from '@langchain/core/outputs'
import type { Runnable, RunnableConfig } from '@langchain/core/runnables'
import type { AnswerDetails, ChatChunk, ChatRequest, Gateway } from '@speka/core'
import { ask, askStream, type ChatStream, type Question } from './ask.ts'
import { ChunkConverter } from './chat-chunks.ts'
import type { ChatSpekaCallOptions, ChatSpekaFields, ChatSpekaSettings } from './chat-options.ts'
import { combinedTokenUsage, toChatResult, type LLMOutput } from './chat-result.ts'
import { countTokens } from './count-tokens.ts'
import { toChatMessages } from './messages.ts'
import { modelProfile } from './model-profile.ts'
import { openGateway, type GatewayConnection } from '@speka/core/node'
import { registerReasoningBlocks } from './reasoning-blocks.ts'
import { requestParameters, settingNames, toOpenAITool, type RequestParameters } from './request.ts'
import { rememberRun, runOf } from './run-context.ts'
import { stopUnlessRetryable } from './speka-model-error.ts'
import { costHandlersIn } from './spending.ts'
import { toStreamEvents } from './stream-events.ts'
import { structuredOutput, type AnyFields, type OutputSchema } from './structured-output.ts'

registerReasoningBlocks()

type Messages = BaseMessage[]

/**
 * A chat model that goes through Speka: every model of the gateway under its id, with fallbacks, and with what the answer
 * cost in its `response_metadata`.
 *
 * @example
 * const model = new ChatSpeka({ model: 'meta/llama-3.3-70b-instruct', models: ['openai/gpt-oss-120b'] })
 * const answer = await model.invoke('Hello!')
 * console.log(answer.text, answer.response_metadata.cost)
 */
export class ChatSpeka extends BaseChatModel<ChatSpekaCallOptions, AIMessageChunk> {
  override lc_serializable = true
  readonly model: string
  readonly baseURL: string | undefined
  readonly stop: string[] | undefined
  /** In ms. */
  readonly timeout: number | undefined
  readonly streaming: boolean
  readonly streamUsage: boolean
  /** What holds for every call that does not say otherwise. */
  readonly settings: ChatSpekaSettings
  // Out of sight of logs and tracers.
  declare private readonly connection: Pick<GatewayConnection, 'gateway' | 'apiKey' | 'headers'>

  constructor(model: string, fields?: ChatSpekaFields)
  constructor(fields: ChatSpekaFields)
  constructor(modelOrFields: string | ChatSpekaFields, more: ChatSpekaFields = {}) {
    const fields = typeof modelOrFields === 'string' ? { ...more, model: modelOrFields } : modelOrFields
    const { gateway, apiKey, headers, ...plain } = fields
    // A failed call has been retried by the gateway, and its errors say whether later may help.
    super({ maxRetries: 0, onFailedAttempt: stopUnlessRetryable, ...plain })
    this.lc_kwargs = plain
    const model = fields.model ?? fields.modelName ?? ''
    if (model === '')
      throw new Error('ChatSpeka needs a model: new ChatSpeka({ model: "meta/llama-3.3-70b-instruct" }).')
    this.model = model
    this.baseURL = fields.baseURL
    this.stop = fields.stop ?? fields.stopSequences
    this.timeout = fields.timeout
    this.streaming = fields.streaming ?? false
    this.streamUsage = fields.streamUsage ?? true
    const given = settingNames.filter((name) => fields[name] !== undefined)
    this.settings = Object.fromEntries(given.map((name) => [name, fields[name]]))
    Object.defineProperty(this, 'connection', { value: { gateway, apiKey, headers } })
  }

  // Who it is.

  static override lc_name(): string {
    return 'ChatSpeka'
  }

  override _llmType(): string {
    return 'speka'
  }

  override get lc_secrets(): Record<string, string> {
    return { apiKey: 'SPEKA_API_KEY' }
  }

  override get lc_aliases(): Record<string, string> {
    return { modelName: 'model' }
  }

  override get callKeys(): string[] {
    const own = ['model', 'tools', 'tool_choice', 'response_format', 'parallel_tool_calls', 'strict']
    return [...super.callKeys, ...own, ...settingNames]
  }

  /** What the catalog knows of the model. */
  override get profile(): ModelProfile {
    return modelProfile(this.model, this.connection.gateway)
  }

  /**
   * Where its calls go: the gateway it was given, or one in front of a server.
   *
   * @throws SpekaError `invalid_api_key` when there is neither a gateway nor a key.
   */
  get gateway(): Gateway {
    return openGateway({ ...this.connection, baseURL: this.baseURL })
  }

  /** The key it was given, or that of the environment; none when it has a gateway of its own. */
  get apiKey(): string | undefined {
    const { gateway, apiKey } = this.connection
    return gateway === undefined ? (apiKey ?? globalThis.process?.env['SPEKA_API_KEY']) : undefined
  }

  override getLsParams(options: this['ParsedCallOptions']): LangSmithParams {
    const { model, temperature, max_tokens, stop } = this.invocationParams(options)
    return {
      ls_provider: 'speka',
      ls_model_name: model,
      ls_model_type: 'chat',
      ls_temperature: temperature ?? undefined,
      ls_max_tokens: max_tokens ?? undefined,
      ls_stop: stop ?? undefined,
    } as LangSmithParams
  }

  override invocationParams(options: Partial<this['ParsedCallOptions']> = {}): RequestParameters {
    return requestParameters(this.model, this.settings, this.stop, options)
  }

  override _identifyingParams(): AnyFields {
    return { model_name: this.model, base_url: this.baseURL, ...this.invocationParams() }
  }

  // What is bound to it.

  override bindTools(
    tools: BindToolsInput[],
    options: Partial<ChatSpekaCallOptions> = {},
  ): Runnable<BaseLanguageModelInput, AIMessageChunk, ChatSpekaCallOptions> {
    return this.withConfig({ ...options, tools: tools.map((tool) => toOpenAITool(tool, options.strict)) })
  }

  override withStructuredOutput<Output extends AnyFields = AnyFields>(
    schema: OutputSchema<Output>,
    options?: StructuredOutputMethodOptions<false>,
  ): Runnable<BaseLanguageModelInput, Output>
  override withStructuredOutput<Output extends AnyFields = AnyFields>(
    schema: OutputSchema<Output>,
    options?: StructuredOutputMethodOptions<true>,
  ): Runnable<BaseLanguageModelInput, { raw: BaseMessage; parsed: Output }>
  override withStructuredOutput(
    schema: OutputSchema,
    options?: StructuredOutputMethodOptions<boolean>,
  ): Runnable<BaseLanguageModelInput, AnyFields> {
    return structuredOutput((bound) => this.withConfig(bound), schema, options)
  }

  // How it answers.

  override async _generate(
    messages: Messages,
    options: this['ParsedCallOptions'],
    runManager?: CallbackManagerForLLMRun,
  ): Promise<ChatResult> {
    options.signal?.throwIfAborted()
    if (this.streaming) return this.putTogether(this._streamResponseChunks(messages, options, runManager))
    const question = this.question(messages, options, runManager)
    return toChatResult(await this.caller.callWithOptions(retrying(options), () => ask(question)))
  }

  override async *_streamResponseChunks(
    messages: Messages,
    options: this['ParsedCallOptions'],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    const converter = new ChunkConverter()
    const events = await this.openStream(messages, options, runManager)
    try {
      for (let step = events.first; ; step = await events.rest.next()) {
        const chunk = step.done === true ? converter.end(step.value) : converter.convert(step.value)
        if (chunk !== undefined) {
          yield chunk
          await runManager?.handleLLMNewToken(chunk.text, undefined, undefined, undefined, undefined, { chunk })
        }
        if (step.done === true) return
      }
    } finally {
      await events.rest.return(undefined)
    }
  }

  override async *_streamChatModelEvents(
    messages: Messages,
    options: this['ParsedCallOptions'],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatModelStreamEvent> {
    const { first, rest } = await this.openStream(messages, options, runManager)
    yield* toStreamEvents(startingWith(first, rest), { streamUsage: this.streamUsage })
  }

  /** About how many tokens a content has, without a vocabulary, which LangChain would fetch from the network. */
  override async getNumTokens(content: MessageContent): Promise<number> {
    return countTokens(content)
  }

  override _combineLLMOutput(...outputs: LLMOutput[]): LLMOutput {
    return combinedTokenUsage(outputs)
  }

  protected override _separateRunnableConfigFromCallOptionsCompat(
    options?: Partial<ChatSpekaCallOptions>,
  ): [RunnableConfig, this['ParsedCallOptions']] {
    const [config, callOptions] = super._separateRunnableConfigFromCallOptionsCompat(options)
    rememberRun(callOptions, config)
    return [config, callOptions]
  }

  /** Resolves when the answer has begun: until then, a failure may be worth another try. */
  private openStream(messages: Messages, options: this['ParsedCallOptions'], runManager?: CallbackManagerForLLMRun) {
    options.signal?.throwIfAborted()
    const question = this.question(messages, options, runManager, true)
    return this.caller.callWithOptions(retrying(options), async () => {
      const rest = askStream(question)
      const first = await rest.next()
      // Whoever left in this very moment does not come for the rest.
      if (options.signal?.aborted === true) await rest.return(undefined)
      return { first, rest }
    })
  }

  private question(
    messages: Messages,
    options: this['ParsedCallOptions'],
    runManager: CallbackManagerForLLMRun | undefined,
    stream = false,
  ): Question {
    const parameters = this.invocationParams(options)
    const metadata = textsIn(this.metadata)
    const { callbacks, tags } = runOf(options)
    const request: ChatRequest = {
      ...(metadata !== undefined && { metadata }),
      ...parameters,
      messages: toChatMessages(messages),
      ...(stream && this.streamUsage && { stream_options: { include_usage: true } }),
    }
    // A stream is one message, which several answers would be mixed up in.
    if (stream) delete request.n
    return {
      connect: () => this.gateway,
      request,
      options: { signal: options.signal, timeoutMs: this.timeout, tags: [...(this.tags ?? []), ...tags] },
      maxCostUsd: options.maxCostUsd ?? this.settings.maxCostUsd,
      costHandlers: costHandlersIn(runManager, callbacks, this.callbacks),
    }
  }

  private async putTogether(chunks: AsyncGenerator<ChatGenerationChunk>): Promise<ChatResult> {
    let whole: ChatGenerationChunk | undefined
    for await (const chunk of chunks) whole = whole === undefined ? chunk : whole.concat(chunk)
    return { generations: whole === undefined ? [] : [whole] }
  }
}

const retrying = ({ signal, maxRetries }: Pick<ChatSpekaCallOptions, 'signal' | 'maxRetries'>) => ({
  ...(signal !== undefined && { signal }),
  ...(maxRetries !== undefined && { maxRetries }),
})

/** The generator again, with the step that was taken already. */
async function* startingWith(
  first: IteratorResult<ChatChunk, AnswerDetails | undefined>,
  rest: ChatStream,
): ChatStream {
  try {
    for (let step = first; ; step = await rest.next()) {
      if (step.done === true) return step.value
      yield step.value
    }
  } finally {
    await rest.return(undefined)
  }
}

/** Metadata of a run may be anything; what is kept with a usage record is text. */
function textsIn(metadata: Readonly<Record<string, unknown>> = {}): Record<string, string> | undefined {
  const texts = Object.entries(metadata).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return texts.length === 0 ? undefined : Object.fromEntries(texts)
}
