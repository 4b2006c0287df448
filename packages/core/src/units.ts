import type { UnitPrice } from './money.ts'

/** How one unit of usage is counted, priced and shown. */
interface UnitRow {
  /** Where {@link Usage} counts it. */
  readonly count: string
  /** Where a price has its rate. */
  readonly rate: string
  /** What is quoted: the price of a million, or of each. */
  readonly per: 'million' | 'each'
  /** The sum that it is counted within. Without a rate of its own it costs what the rest of that sum does. */
  readonly partOf?: 'input' | 'output'
  /** Whose rate it has before that of its sum, when it has none of its own. */
  readonly ratedAs?: 'cache_write'
  /** Of what is no token: whether it is charged in place of the tokens that were counted, or besides them. */
  readonly charged?: 'instead' | 'besides'
  /** How many there are when nobody has counted. */
  readonly presumed?: 1
  /** What its total is called in reports and metrics. */
  readonly total: string
  /** What is counted, for documentation and metrics. */
  readonly title: string
}

/**
 * Everything that usage is counted in and prices are made of, by the name that configuration, API and reports share. What is
 * counted, priced, recorded, summed up and documented follows from these rows; who reports a unit stands with each provider.
 */
export const units = {
  input: {
    count: 'inputTokens',
    rate: 'input',
    per: 'million',
    total: 'input_tokens',
    title: 'Tokens of prompts.',
  },
  cached_input: {
    count: 'cachedInputTokens',
    rate: 'cachedInput',
    per: 'million',
    partOf: 'input',
    total: 'cached_input_tokens',
    title: "Tokens of prompts that were read from a provider's cache.",
  },
  cache_write: {
    count: 'cacheWriteTokens',
    rate: 'cacheWrite',
    per: 'million',
    partOf: 'input',
    total: 'cache_write_tokens',
    title: "Tokens of prompts that were written into a provider's cache, for five minutes or as long as it keeps them.",
  },
  cache_write_1h: {
    count: 'cacheWrite1hTokens',
    rate: 'cacheWrite1h',
    per: 'million',
    partOf: 'input',
    ratedAs: 'cache_write',
    total: 'cache_write_1h_tokens',
    title: "Tokens of prompts that were written into a provider's cache for an hour.",
  },
  output: {
    count: 'outputTokens',
    rate: 'output',
    per: 'million',
    total: 'output_tokens',
    title: 'Tokens of answers.',
  },
  reasoning: {
    count: 'reasoningTokens',
    rate: 'reasoning',
    per: 'million',
    partOf: 'output',
    total: 'reasoning_tokens',
    title: 'Tokens of answers that were spent on reasoning.',
  },
  audio_input: {
    count: 'audioInputTokens',
    rate: 'audioInput',
    per: 'million',
    partOf: 'input',
    total: 'audio_input_tokens',
    title: 'Tokens of prompts that were sound.',
  },
  audio_output: {
    count: 'audioOutputTokens',
    rate: 'audioOutput',
    per: 'million',
    partOf: 'output',
    total: 'audio_output_tokens',
    title: 'Tokens of answers that were sound.',
  },
  image: {
    count: 'images',
    rate: 'image',
    per: 'each',
    charged: 'instead',
    total: 'images',
    title: 'Images made.',
  },
  search: {
    count: 'searches',
    rate: 'search',
    per: 'each',
    charged: 'besides',
    total: 'searches',
    title: 'Search units: searches of the web, or rankings of up to a hundred documents.',
  },
  second: {
    count: 'seconds',
    rate: 'second',
    per: 'each',
    charged: 'instead',
    total: 'seconds',
    title: 'Seconds of sound, begun ones whole.',
  },
  character: {
    count: 'characters',
    rate: 'character',
    per: 'each',
    charged: 'instead',
    total: 'characters',
    title: 'Characters of text made into speech.',
  },
  request: {
    count: 'billedRequests',
    rate: 'request',
    per: 'each',
    charged: 'besides',
    presumed: 1,
    total: 'billed_requests',
    title: 'Requests, where each has a price.',
  },
} as const satisfies Readonly<Record<string, UnitRow>>

/** What usage is counted in, and prices are made of. */
export type Unit = keyof typeof units

/** A field of {@link Counts}. */
export type CountName = (typeof units)[Unit]['count']

/** The fields that count no tokens. */
export type CountedByPiece = {
  [Name in Unit]: (typeof units)[Name]['per'] extends 'each' ? (typeof units)[Name]['count'] : never
}[Unit]

/** How much there was of each unit: non-negative integers, or `undefined` where nobody said. Unknown is not zero. */
export type Counts = { readonly [Name in Unit as (typeof units)[Name]['count']]?: number | undefined }

/** What each unit costs: one of it, in pico-dollars. `undefined`: there is no such part. */
export type Rates = { readonly [Name in Unit as (typeof units)[Name]['rate']]?: UnitPrice | undefined }

/** What a rate is called where prices are shown: `cached_input_per_1m`, `per_image`. */
export type RateName = {
  [Name in Unit]: (typeof units)[Name]['per'] extends 'million' ? `${Name}_per_1m` : `per_${Name}`
}[Unit]

/** Rates as they are shown: decimal strings in US dollars, tokens per 1M, all else each. */
export type ShownRates = { [Name in RateName]?: string }

/** A unit with its row, every field of it there. */
export type UnitEntry = UnitRow & {
  readonly unit: Unit
  readonly count: CountName
  readonly rate: keyof Rates
}

/** The rows with their names, in order. */
export const unitEntries: readonly UnitEntry[] = (Object.keys(units) as Unit[]).map((unit) => ({
  unit,
  ...units[unit],
}))

/** The fields that count, in the order of the rows. */
export const countNames: readonly CountName[] = unitEntries.map(({ count }) => count)
