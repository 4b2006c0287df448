import type { ExportFormat } from './export-line.ts'

/** What columns can hold. */
export const columnRoles = [
  'id',
  'model',
  'time',
  'requests',
  'input_tokens',
  'output_tokens',
  'cost_usd',
  'currency',
] as const

export type ColumnRole = (typeof columnRoles)[number]

/** A CSV that a provider makes: which columns hold what. */
export interface CsvLayout {
  readonly format: ExportFormat
  readonly title: string
  /** Where its columns are told. */
  readonly source: string
  /** Columns by which it is known, all of which must be there. */
  readonly columns: Readonly<Partial<Record<Exclude<ColumnRole, 'input_tokens'>, string>>>
  /** Columns that are there in some files only. */
  readonly optional?: Readonly<Partial<Record<ColumnRole, string>>>
  /** Columns that add up to the tokens of prompts; those that are not there add nothing. */
  readonly input?: readonly [string, ...string[]]
  /** The end of a line's span of time. */
  readonly until?: string
  /** What of the column `model` is the model. Default: all of it. */
  readonly modelOf?: (text: string) => string
}

/** The CSVs of providers, those with more columns of their own first. */
export const csvLayouts: readonly CsvLayout[] = [
  {
    format: 'openrouter',
    title: 'OpenRouter’s export of its activity, a request a line',
    source: 'https://openrouter.ai/docs/guides/features/activity, Exporting; columns as in files of 2026',
    columns: { id: 'generation_id', time: 'created_at', cost_usd: 'cost_total', output_tokens: 'tokens_completion' },
    optional: { model: 'model_permaslug' },
    input: ['tokens_prompt'],
  },
  {
    format: 'openai',
    title: 'OpenAI’s export of costs, from the usage page',
    source: 'https://platform.openai.com/usage, Export; the columns are the fields of the costs API, and the currency',
    columns: { time: 'start_time', cost_usd: 'amount_value', currency: 'amount_currency' },
    optional: { model: 'line_item' },
    until: 'end_time',
    modelOf: modelOfLineItem,
  },
  {
    format: 'openai',
    title: 'OpenAI’s export of usage, from the usage page',
    source: 'https://platform.openai.com/usage, Export; the columns are the fields of the usage API',
    columns: { time: 'start_time', requests: 'num_model_requests', model: 'model' },
    optional: { output_tokens: 'output_tokens' },
    input: ['input_tokens'],
    until: 'end_time',
  },
  {
    format: 'anthropic',
    title: 'Anthropic’s export of usage, from the Console',
    source:
      'https://support.anthropic.com/en/articles/9534590-cost-and-usage-reporting-in-console, Usage; columns as in files of 2026',
    columns: { time: 'usage_date_utc', model: 'model_version', output_tokens: 'usage_output_tokens' },
    input: [
      'usage_input_tokens_no_cache',
      'usage_input_tokens_cache_read',
      'usage_input_tokens_cache_write_5m',
      'usage_input_tokens_cache_write_1h',
      // What files of before 2026 have in place of these two.
      'usage_input_tokens_cache_write',
    ],
  },
  {
    format: 'anthropic',
    title: 'Anthropic’s export of costs, from the Console',
    source:
      'https://support.anthropic.com/en/articles/9534590-cost-and-usage-reporting-in-console, Cost; columns as in files of 2026',
    columns: { time: 'usage_date_utc', model: 'model', cost_usd: 'cost_usd' },
  },
]

/** `gpt-4o-mini-2024-07-18, cached input`: what was charged of which model. */
export function modelOfLineItem(item: string): string {
  return item.split(', ', 1)[0] ?? ''
}

/** What columns are called where nobody says, in a CSV of any provider's. */
export const usualNames: Readonly<Record<ColumnRole, readonly [string, ...string[]]>> = {
  id: ['id', 'generation_id', 'completion_id', 'response_id', 'request_id'],
  model: ['model', 'model_id', 'model_name'],
  time: ['time', 'timestamp', 'created_at', 'created', 'date'],
  requests: ['requests', 'request_count', 'num_requests'],
  input_tokens: ['input_tokens', 'prompt_tokens', 'tokens_prompt'],
  output_tokens: ['output_tokens', 'completion_tokens', 'tokens_completion'],
  cost_usd: ['cost_usd', 'cost', 'total_cost', 'amount_usd', 'amount'],
  currency: ['currency', 'cost_currency', 'amount_currency'],
}
