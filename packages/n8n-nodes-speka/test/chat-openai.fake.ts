/** As much of LangChain's `ChatOpenAI` as the chat model node builds on: it asks through `completions`, and copies by its `fields`. */
export class FakeChatOpenAI {
  readonly fields: {
    callbacks: FakeTracer[]
    completions?: FakeCompletions
    responses?: unknown
    [field: string]: unknown
  }
  completions: FakeCompletions
  /** Another way to ask, which LangChain takes for some models. */
  responses: unknown

  constructor(fields: Record<string, unknown>) {
    this.fields = { callbacks: [new FakeTracer()], ...fields }
    this.completions = this.fields.completions ?? new FakeCompletions()
    this.responses = this.fields.responses ?? {}
  }

  /** What LangChain does when an agent binds its tools. */
  bindTools(): FakeChatOpenAI {
    return new FakeChatOpenAI(this.fields)
  }

  /** One answer, as the editor's trace sees it. */
  async invoke(messages: unknown[] = []): Promise<Record<string, unknown>> {
    const result = await this.completions._generate(messages, {})
    return this.trace([result.generations])
  }

  /** The same, piece by piece. */
  async stream(messages: unknown[] = []): Promise<Record<string, unknown>> {
    const generations = []
    for await (const chunk of this.completions._streamResponseChunks(messages, {})) generations.push(chunk)
    return this.trace([generations.slice(-1)])
  }

  private trace(generations: unknown): Record<string, unknown> {
    const [tracer] = this.fields.callbacks
    // n8n's tracing keeps only these two of each before it counts.
    const kept = (generations as Record<string, unknown>[][]).map((list) =>
      list.map(({ text, generationInfo }) => ({ text, generationInfo })),
    )
    return tracer?.options.tokensUsageParser({ generations: kept }) ?? {}
  }
}

class FakeTracer {
  options = {
    tokensUsageParser: (_result: unknown): Record<string, unknown> => ({ promptTokens: 1, completionTokens: 2 }),
  }
}

export class FakeCompletions {
  /** What was asked, and with which options, in order. */
  readonly asked: { request: Record<string, unknown>; options: Record<string, unknown> | undefined }[] = []
  /** What is answered; a function may throw. */
  answer: () => Record<string, unknown> = () => ({ model: 'acme/answered', usage: { cost: 0.25 } })

  async completionWithRetry(request: Record<string, unknown>, options?: Record<string, unknown>): Promise<unknown> {
    this.asked.push({ request, options })
    return this.answer()
  }

  async _generate(messages: unknown[], options: Record<string, unknown>) {
    const data = (await this.completionWithRetry({ messages }, options)) as { choices?: unknown }
    return { generations: [{ text: 'Hello', message: {}, generationInfo: { finish_reason: 'stop' } }], llmOutput: data }
  }

  async *_streamResponseChunks(messages: unknown[], options: Record<string, unknown>) {
    const data = (await this.completionWithRetry({ messages, stream: true }, options)) as { usage?: unknown }
    yield { text: 'Hello', message: { response_metadata: {} }, generationInfo: {} }
    yield { text: '', message: { response_metadata: { usage: data.usage } }, generationInfo: {} }
  }
}
