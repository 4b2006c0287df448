import { isRecord, type RunBudget } from '../shared/index.ts'

/** LangChain's shapes, as far as they are looked at. Nothing here is imported: n8n brings LangChain, this package does not. */
interface Message {
  response_metadata?: Record<string, unknown>
}
interface Generation {
  message?: Message
  generationInfo?: Record<string, unknown>
}
interface Completions {
  completionWithRetry(request: Record<string, unknown>, options?: Record<string, unknown>): Promise<unknown>
  _generate(...args: unknown[]): Promise<{ generations?: Generation[] }>
  _streamResponseChunks(...args: unknown[]): AsyncGenerator<Generation>
}
interface Tracer {
  options: { tokensUsageParser(result: unknown): Record<string, unknown> }
}

const MAX_COST_HEADER = 'x-speka-max-cost-usd'

/**
 * Adds to a `ChatOpenAI` what the gateway tells and LangChain drops: which model answered, and what it cost. Both then show in
 * the trace of the execution. Also keeps the cost limit of the run, and repairs messages that providers refuse.
 *
 * It looks for the parts it needs and leaves alone what has others: without them the model works as it came, with its token
 * counts but without cost.
 */
export function tellCost(model: unknown, budget: RunBudget | undefined): void {
  if (!isRecord(model) || !isCompletions(model['completions']) || !isRecord(model['fields'])) return
  const completions = wrapped(model['completions'], budget)
  model['completions'] = completions
  // Binding tools makes a new model of these fields.
  model['fields']['completions'] = completions
  const { callbacks } = model['fields']
  if (Array.isArray(callbacks)) for (const callback of callbacks) if (isTracer(callback)) readCost(callback)
}

function wrapped(original: Completions, budget: RunBudget | undefined): Completions {
  /** What is asked of the gateway, and whatever it says of the answer, for one call. */
  const oneCall = () => {
    let answer: unknown
    const completions: Completions = Object.create(original)
    completions.completionWithRetry = async (request, options) => {
      const limit =
        budget === undefined ? {} : { headers: { ...headersIn(options), [MAX_COST_HEADER]: budget.leftUsd } }
      answer = await original.completionWithRetry(
        { ...request, messages: repaired(request['messages']) },
        { ...options, ...limit },
      )
      return answer
    }
    return {
      completions,
      answered: () => answer !== undefined,
      usage: () => (isRecord(answer) ? answer['usage'] : undefined),
      served: () => (isRecord(answer) ? answer['model'] : undefined),
    }
  }

  const replacement: Completions = Object.create(original)
  replacement._generate = async (...args) => {
    const call = oneCall()
    const result = await original._generate.call(call.completions, ...args)
    const told = note(call.usage(), call.served())
    budget?.spend(told['cost'] as number | undefined)
    for (const generation of result.generations ?? [])
      generation.generationInfo = { ...generation.generationInfo, ...told }
    return result
  }
  replacement._streamResponseChunks = async function* (...args) {
    const call = oneCall()
    let cost: number | undefined
    try {
      for await (const chunk of original._streamResponseChunks.call(call.completions, ...args)) {
        const usage = chunk.message?.response_metadata?.['usage']
        const told = note(usage, undefined)
        if (told['cost'] !== undefined) {
          cost = told['cost'] as number
          chunk.generationInfo = { ...chunk.generationInfo, ...told }
        }
        yield chunk
      }
    } finally {
      // A stream that was left early has a cost that nobody knows; one that was refused has none.
      if (call.answered()) budget?.spend(cost)
    }
  }
  return replacement
}

/** What the trace should say of an answer. */
function note(usage: unknown, model: unknown): Record<string, unknown> {
  const cost = isRecord(usage) ? usage['cost'] : undefined
  return {
    ...(typeof model === 'string' && { model_name: model }),
    ...(typeof cost === 'number' && { cost }),
  }
}

/** Has n8n's tracing count the cost beside the tokens. */
function readCost(tracer: Tracer): void {
  const { tokensUsageParser } = tracer.options
  tracer.options.tokensUsageParser = (result) => {
    const usage = tokensUsageParser(result)
    const cost = costIn(result)
    return cost === undefined ? usage : { ...usage, cost }
  }
}

function costIn(result: unknown): number | undefined {
  const generations = isRecord(result) ? result['generations'] : undefined
  const [first] = Array.isArray(generations) ? generations.flat() : []
  const info = isRecord(first) ? first['generationInfo'] : undefined
  const cost = isRecord(info) ? info['cost'] : undefined
  return typeof cost === 'number' ? cost : undefined
}

/** Agents send an empty list as the content of a turn that only called tools, and providers refuse it. */
function repaired(messages: unknown): unknown {
  if (!Array.isArray(messages)) return messages
  return messages.map((message: unknown) => {
    if (!isRecord(message) || !Array.isArray(message['content']) || message['content'].length > 0) return message
    const callsTools = Array.isArray(message['tool_calls']) && message['tool_calls'].length > 0
    return { ...message, content: callsTools ? null : '' }
  })
}

const headersIn = (options: Record<string, unknown> | undefined): Record<string, unknown> =>
  isRecord(options?.['headers']) ? options['headers'] : {}

function isCompletions(value: unknown): value is Completions {
  if (typeof value !== 'object' || value === null) return false
  const methods = ['completionWithRetry', '_generate', '_streamResponseChunks']
  return methods.every((name) => typeof (value as Record<string, unknown>)[name] === 'function')
}

const isTracer = (value: unknown): value is Tracer =>
  isRecord(value) && isRecord(value['options']) && typeof value['options']['tokensUsageParser'] === 'function'
