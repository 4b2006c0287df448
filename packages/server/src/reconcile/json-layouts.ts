import { modelOfLineItem } from './csv-layouts.ts'
import type { ExportFormat } from './export-line.ts'

/** A JSON object, whatever it holds. */
export type JsonObject = Readonly<Record<string, unknown>>

/** What a line says, as it stands: whether it makes sense is looked at by who reads it. `null`: it does not say. */
export interface JsonFacts {
  readonly id?: unknown
  readonly from: unknown
  readonly until?: unknown
  readonly model?: unknown
  readonly requests?: unknown
  /** Counts that add up to the tokens of the prompt. */
  readonly input?: readonly unknown[]
  readonly output?: unknown
  readonly cost?: unknown
  readonly currency?: unknown
  /** How many digits smaller than a dollar the unit of the cost is. Default: 0. */
  readonly shift?: 2 | undefined
  /** Of what these are the facts: of two that are alike, one is there twice. */
  readonly of: unknown
}

/** What the elements of a provider's answers are, and what they say. */
export interface JsonLayout {
  readonly format: ExportFormat
  readonly title: string
  /** Where its fields are told. */
  readonly source: string
  /** Whether its lines are requests with the provider's ids. */
  readonly hasIds: boolean
  /** Whether an element of `data` is one of these. */
  readonly isOne: (element: JsonObject) => boolean
  readonly factsOf: (element: JsonObject) => readonly JsonFacts[]
}

/** The answers of providers' APIs, as they are saved. */
export const jsonLayouts: readonly JsonLayout[] = [
  {
    format: 'openai',
    title: 'answers of OpenAI’s costs API',
    source: 'https://platform.openai.com/docs/api-reference/usage/costs_object',
    hasIds: false,
    isOne: (bucket) => 'start_time' in bucket && resultsOf(bucket).some(({ amount }) => isObject(amount)),
    factsOf: (bucket) =>
      resultsOf(bucket).map((result) => {
        const { value, currency } = isObject(result['amount']) ? result['amount'] : {}
        const { line_item: item } = result
        return {
          from: bucket['start_time'],
          until: bucket['end_time'],
          model: typeof item === 'string' ? modelOfLineItem(item) : null,
          cost: value,
          currency,
          of: [bucket['start_time'], result],
        }
      }),
  },
  {
    format: 'openai',
    title: 'answers of OpenAI’s usage API',
    source: 'https://platform.openai.com/docs/api-reference/usage/completions_object',
    hasIds: false,
    isOne: (bucket) => 'start_time' in bucket && 'results' in bucket,
    factsOf: (bucket) =>
      resultsOf(bucket).map((result) => ({
        from: bucket['start_time'],
        until: bucket['end_time'],
        model: result['model'],
        requests: result['num_model_requests'],
        // Cached tokens are in it.
        input: [result['input_tokens']],
        output: result['output_tokens'],
        of: [bucket['start_time'], result],
      })),
  },
  {
    format: 'anthropic',
    title: 'answers of Anthropic’s cost report',
    source: 'https://platform.claude.com/docs/en/api/admin/cost_report/retrieve',
    hasIds: false,
    isOne: (bucket) => 'starting_at' in bucket && resultsOf(bucket).some((result) => 'amount' in result),
    factsOf: (bucket) =>
      resultsOf(bucket).map((result) => ({
        from: bucket['starting_at'],
        until: bucket['ending_at'],
        model: result['model'],
        cost: result['amount'],
        currency: result['currency'],
        // "123.45" is $1.2345.
        shift: 2,
        of: [bucket['starting_at'], result],
      })),
  },
  {
    format: 'anthropic',
    title: 'answers of Anthropic’s usage report',
    source: 'https://platform.claude.com/docs/en/api/admin/usage_report/retrieve_messages',
    hasIds: false,
    isOne: (bucket) => 'starting_at' in bucket && 'results' in bucket,
    factsOf: (bucket) =>
      resultsOf(bucket).map((result) => {
        const written = result['cache_creation']
        return {
          from: bucket['starting_at'],
          until: bucket['ending_at'],
          model: result['model'],
          input: [
            result['uncached_input_tokens'],
            result['cache_read_input_tokens'],
            ...(isObject(written) ? [written['ephemeral_5m_input_tokens'], written['ephemeral_1h_input_tokens']] : []),
          ],
          output: result['output_tokens'],
          of: [bucket['starting_at'], result],
        }
      }),
  },
  {
    format: 'openrouter',
    title: 'answers of OpenRouter’s generation API',
    source: 'https://openrouter.ai/docs/api/api-reference/generations/get-generation',
    hasIds: true,
    isOne: (generation) => 'id' in generation && 'total_cost' in generation,
    factsOf: (generation) => [
      {
        id: generation['id'],
        from: generation['created_at'],
        model: generation['model'],
        // What is charged, and what the answer's usage says, are the model's own tokens.
        input: [generation['native_tokens_prompt'] ?? generation['tokens_prompt']],
        output: generation['native_tokens_completion'] ?? generation['tokens_completion'],
        cost: generation['total_cost'],
        of: null,
      },
    ],
  },
  {
    format: 'openrouter',
    title: 'answers of OpenRouter’s activity API',
    source: 'https://openrouter.ai/docs/api/api-reference/analytics/get-user-activity-grouped-by-endpoint',
    hasIds: false,
    isOne: (activity) => 'date' in activity && 'usage' in activity,
    factsOf: (activity) => [
      {
        from: activity['date'],
        model: activity['model'],
        requests: activity['requests'],
        input: [activity['prompt_tokens']],
        output: activity['completion_tokens'],
        cost: activity['usage'],
        of: activity,
      },
    ],
  },
]

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const resultsOf = ({ results }: JsonObject): readonly JsonObject[] =>
  Array.isArray(results) ? results.filter(isObject) : []
