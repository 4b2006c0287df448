import { isRecord, type Json } from '../../packages/core/src/json.ts'
import type { OpenCatalogRow } from '../../packages/server/src/config/open-catalog.ts'
import { jumps, keyOf, ratesOf } from './check-catalog.ts'

/** A data set of models: its name, the day of its copy, and what it calls our types of providers. */
export interface DataSet {
  readonly name: string
  /** As `YYYY-MM-DD`. */
  readonly day: string
  /** Providers by its own names, each with `models`. */
  readonly providers: Json
  /** Where it keeps a model's prices, and how it says what a model can do. */
  readonly shape: Shape
}

/** How data sets differ. */
interface Shape {
  readonly prices: (model: Json) => unknown
  readonly capabilities: (model: Json) => readonly string[]
}

const inputs = (model: Json): readonly unknown[] => {
  const { modalities } = model
  const input = isRecord(modalities) ? modalities['input'] : undefined
  return Array.isArray(input) ? input : []
}

const capable = (model: Json, names: Readonly<Record<string, string>>): string[] => [
  ...Object.entries(names).flatMap(([capability, field]) => (model[field] === true ? capability : [])),
  ...(inputs(model).includes('image') ? ['vision'] : []),
]

/** https://models.dev, MIT */
export const modelsDev: Shape = {
  prices: (model) => model['cost'],
  capabilities: (model) => capable(model, { tools: 'tool_call', json: 'structured_output', reasoning: 'reasoning' }),
}

/** https://github.com/The-Best-Codes/ai-model-directory, MIT */
export const modelDirectory: Shape = {
  prices: (model) => model['pricing'],
  capabilities: ({ features, ...model }) =>
    capable(
      { ...model, ...(isRecord(features) && features) },
      { tools: 'tool_call', json: 'structured_output', reasoning: 'reasoning' },
    ),
}

/** What both data sets call a provider, by its type here. At Hugging Face's router a price depends on who answers. */
const listed: Readonly<Record<string, string>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  gemini: 'google',
  deepseek: 'deepseek',
  mistral: 'mistral',
  moonshot: 'moonshotai',
  xai: 'xai',
  together: 'togetherai',
  groq: 'groq',
  cerebras: 'cerebras',
  fireworks: 'fireworks-ai',
  deepinfra: 'deepinfra',
  cohere: 'cohere',
}

/** What our prices call those of both data sets, all in USD per 1M tokens. */
const units: Readonly<Record<string, string>> = {
  input: 'input',
  output: 'output',
  cached_input: 'cache_read',
  cache_write: 'cache_write',
}

/** What was made of the data sets. */
export interface MadeCatalog {
  readonly rows: readonly OpenCatalogRow[]
  /** Models left out since two data sets tell prices that are too far apart, in words. */
  readonly disputed: readonly string[]
}

/**
 * The models of a data set that people keep, at its prices. Another data set, which machines gather, tells nothing of models that
 * the first has not; it confirms a price as of its own day, or brings a newer one. Models that do not answer in text, or have no
 * price, are left out.
 */
export function makeCatalog(kept: DataSet, gathered?: DataSet): MadeCatalog {
  const seen = new Map(gathered === undefined ? [] : rowsIn(gathered).map((row) => [keyOf(row), row]))
  const disputed: string[] = []
  const rows = rowsIn(kept).flatMap((row) => {
    const other = seen.get(keyOf(row))
    if (other === undefined || other.as_of < row.as_of) return row
    const apart = jumps([row], [other])
    if (apart.length > 0) {
      disputed.push(...apart)
      return []
    }
    const { from, as_of } = other
    // The gathered set knows no price for long prompts: one that it does not contradict stays whole.
    return { ...row, price: isSame(row, other) ? row.price : other.price, from, as_of }
  })
  return { rows: rows.sort((a, b) => (a.provider === b.provider ? (a.model < b.model ? -1 : 1) : 0)), disputed }
}

const isSame = (row: OpenCatalogRow, other: OpenCatalogRow): boolean => {
  const [was, now] = [ratesOf(row), ratesOf(other)]
  return was['input'] === now['input'] && was['output'] === now['output']
}

const rowsIn = (set: DataSet): OpenCatalogRow[] =>
  Object.entries(listed).flatMap(([type, name]) => rowsOf(set, type, set.providers[name]))

function rowsOf({ name: from, day, shape }: DataSet, provider: string, listing: unknown): OpenCatalogRow[] {
  const models = isRecord(listing) && isRecord(listing['models']) ? Object.values(listing['models']) : []
  return models.filter(isRecord).flatMap((model) => {
    const { id, name = id, limit } = model
    const price = priceIn(shape.prices(model))
    if (typeof id !== 'string' || typeof name !== 'string' || price === undefined || !answersInText(model)) return []
    const context = isRecord(limit) ? limit['context'] : undefined
    return {
      provider,
      model: id,
      name,
      ...(typeof context === 'number' && context > 0 && { context }),
      capabilities: shape.capabilities(model),
      price,
      from,
      as_of: day,
    }
  })
}

/** What chat is: text in, and text out, and nothing else out. */
function answersInText(model: Json): boolean {
  const { modalities } = model
  const output = isRecord(modalities) ? modalities['output'] : undefined
  return inputs(model).includes('text') && Array.isArray(output) && output.length === 1 && output[0] === 'text'
}

/** A price as configurations write it: a model that is free, or told in part, has none. */
function priceIn(cost: unknown): OpenCatalogRow['price'] | undefined {
  if (!isRecord(cost)) return undefined
  const price = ratesIn(cost)
  if (price['input'] === undefined || price['output'] === undefined) return undefined
  if (Number(price['input']) === 0 && Number(price['output']) === 0) return undefined
  const tiers = Array.isArray(cost['tiers']) ? cost['tiers'].filter(isRecord) : []
  const rows = tiers.flatMap((rates) => {
    const size = isRecord(rates['tier']) ? rates['tier']['size'] : undefined
    return typeof size === 'number' ? { ...price, ...ratesIn(rates), above_input_tokens: size } : []
  })
  return rows.length === 0 ? price : [price, ...rows]
}

const ratesIn = (cost: Json): Record<string, string> =>
  Object.fromEntries(
    Object.entries(units).flatMap(([unit, field]) => {
      const value = cost[field]
      return typeof value === 'number' && value >= 0 ? [[unit, decimal(value)]] : []
    }),
  )

/** As many decimals as a price per 1M tokens may have. */
const decimal = (value: number): string => value.toFixed(6).replace(/\.?0+$/, '')
