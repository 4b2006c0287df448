import { isRecord, toNodeError, type Allowance, type ErrorPlace, type RunBudget } from '../shared/index.ts'
import { failureIn, isCalledOff } from './model-failure.ts'

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

/** What a model's calls are made with, besides what LangChain knows. */
export interface CallTerms {
  /** The gateway. */
  readonly baseUrl: string
  readonly place: ErrorPlace
  readonly budget: RunBudget | undefined
  /** Hears of every answer what it cost, in dollars; `undefined`: nobody knows. */
  readonly onCost: (costUsd: number | undefined) => void
}

const MAX_COST_HEADER = 'x-speka-max-cost-usd'

/**
 * Adds to a `ChatOpenAI` what the gateway tells and LangChain drops: which model answered, and what it cost. Both then show in
 * the trace of the execution. Also keeps the cost limit of the run, says of a failure what can be done about it, and repairs
 * messages that providers refuse.
 *
 * It looks for the parts it needs and leaves alone what has others: without them the model works as it came, with its token
 * counts but without cost.
 */
export function tellCost(model: unknown, terms: CallTerms): void {
  if (!isRecord(model) || !isCompletions(model['completions']) || !isRecord(model['fields'])) return
  const completions = wrapped(model['completions'], terms)
  // LangChain asks some models, by their names, in another way than this one: without cost, and beyond the limit.
  for (const way of ['completions', 'responses']) {
    model[way] = completions
    // Binding tools makes a new model of these fields.
    model['fields'][way] = completions
  }
  const { callbacks } = model['fields']
  if (Array.isArray(callbacks)) for (const callback of callbacks) if (isTracer(callback)) readCost(callback)
}

function wrapped(original: Completions, terms: CallTerms): Completions {
  const replacement: Completions = Object.create(original)
  replacement._generate = async (...args) => {
    const call = new OneCall(original, terms)
    try {
      const result = await original._generate.call(call.completions, ...args)
      const told = note(call.usage, call.served)
      call.paid(told.cost)
      for (const generation of result.generations ?? [])
        generation.generationInfo = { ...generation.generationInfo, ...told }
      return result
    } catch (error) {
      throw call.failed(error)
    }
  }
  replacement._streamResponseChunks = async function* (...args) {
    const call = new OneCall(original, terms)
    let cost: number | undefined
    try {
      for await (const chunk of original._streamResponseChunks.call(call.completions, ...args)) {
        const told = note(chunk.message?.response_metadata?.['usage'], undefined)
        if (told.cost !== undefined) {
          cost = told.cost
          chunk.generationInfo = { ...chunk.generationInfo, ...told }
        }
        yield chunk
      }
    } catch (error) {
      throw call.failed(error)
    } finally {
      // A stream that was left early has a cost that nobody knows.
      call.paid(cost)
    }
  }
  return replacement
}

/** What is asked of the gateway, and whatever it says of the answer, for one call. */
class OneCall {
  readonly completions: Completions
  readonly #terms: CallTerms
  #answer: unknown
  #allowance: Allowance | undefined
  #over = false

  constructor(original: Completions, terms: CallTerms) {
    this.#terms = terms
    this.completions = Object.create(original) as Completions
    this.completions.completionWithRetry = async (request, options) => {
      this.#allowance = await terms.budget?.take()
      this.#answer = await original.completionWithRetry(
        { ...request, messages: repaired(request['messages']) },
        { ...options, ...withLimit(this.#allowance, options) },
      )
      return this.#answer
    }
  }

  get usage(): unknown {
    return isRecord(this.#answer) ? this.#answer['usage'] : undefined
  }

  get served(): unknown {
    return isRecord(this.#answer) ? this.#answer['model'] : undefined
  }

  /** The answer is there, or was left. Of no effect after another end. */
  paid(costUsd: number | undefined): void {
    if (this.#over) return
    this.#over = true
    this.#allowance?.settle(costUsd)
    this.#terms.onCost(costUsd)
  }

  /** There is no answer. Returns what to throw. */
  failed(error: unknown): unknown {
    this.#over = true
    const { baseUrl, place } = this.#terms
    const failure = failureIn(error, baseUrl)
    if (failure === undefined) {
      // What was delivered before it was called off may have to be paid.
      this.#allowance?.settle(this.#answer === undefined && !isCalledOff(error) ? 0 : undefined)
      return error
    }
    const shown = toNodeError(this.#allowance?.failed(failure) ?? failure, place)
    // Has the editor point at this node, where the model only hangs below another.
    shown.functionality = 'configuration-node'
    return shown
  }
}

const withLimit = (allowance: Allowance | undefined, options: Record<string, unknown> = {}): object =>
  allowance === undefined
    ? {}
    : { headers: { ...(isRecord(options['headers']) && options['headers']), [MAX_COST_HEADER]: allowance.limitUsd } }

/** What the trace should say of an answer. */
function note(usage: unknown, model: unknown): { model_name?: string; cost?: number } {
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

function isCompletions(value: unknown): value is Completions {
  if (typeof value !== 'object' || value === null) return false
  const methods = ['completionWithRetry', '_generate', '_streamResponseChunks']
  return methods.every((name) => typeof (value as Record<string, unknown>)[name] === 'function')
}

const isTracer = (value: unknown): value is Tracer =>
  isRecord(value) && isRecord(value['options']) && typeof value['options']['tokensUsageParser'] === 'function'
