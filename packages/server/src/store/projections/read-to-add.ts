import type { RecordRest } from '../usage-record-table.ts'

const TEXT = String.raw`"([^"\\]*)"`
const UNREAD = String.raw`"[^"\\]*"`
const NUMBER = String.raw`(\d+(?:\.\d+)?)`
const SOME_TIME = String.raw`\d+(?:\.\d+)?`
const maybe = (name: string, value: string): string => `(?:,"${name}":${value})?`

/** A record as `encodeRest` writes nearly all: answered at once, by tokens, without anything that has to be escaped. */
const USUAL = new RegExp(
  [
    `^\\{"endpoint":${TEXT},"stream":(true|false),"outcome":"complete","requestedModel":${TEXT}`,
    maybe('model', TEXT),
    maybe('provider', TEXT),
    maybe('upstreamModel', UNREAD),
    maybe('finishReason', UNREAD),
    maybe('upstreamId', TEXT),
    maybe('labels', String.raw`(\d+)`),
    maybe('budgets', String.raw`\[[\d,]*\]`),
    maybe('customer', TEXT),
    maybe('session', TEXT),
    maybe('serviceTier', TEXT),
    `,"durationMs":${NUMBER}`,
    maybe('firstOutputMs', NUMBER),
    `,"attempts":\\[\\{"startedMs":${SOME_TIME},"durationMs":${SOME_TIME}`,
    maybe('firstOutputMs', SOME_TIME),
    String.raw`,"outcome":"answered","status":\d+`,
    maybe('cost', String.raw`"(\d+)"`),
    String.raw`\}\]`,
    maybe('inputTokens', String.raw`(\d+)`),
    maybe('cachedInputTokens', String.raw`(\d+)`),
    maybe('outputTokens', String.raw`(\d+)`),
    maybe('reasoningTokens', String.raw`(\d+)`),
    String.raw`(?:,"price":(\{[^{}]*\}))?\}$`,
  ].join(''),
)

const NO_ATTEMPTS: readonly never[] = []

/** Prices by their text, so that each is parsed once: they are few, unless somebody changes them all the time. */
const prices = new Map<string, unknown>()
const MOST_PRICES = 1000
/** The one read last: nearly always the next one too, and two texts are compared sooner than one is looked up. */
let last: { readonly text: string; readonly price: unknown } | undefined

function priceIn(text: string | undefined): unknown {
  if (text === undefined) return undefined
  if (last?.text === text) return last.price
  let price = prices.get(text)
  if (price === undefined) {
    price = JSON.parse(text)
    if (prices.size >= MOST_PRICES) prices.clear()
    prices.set(text, price)
  }
  last = { text, price }
  return price
}

/**
 * What is added up of a record: attempts that cost nothing of their own are left out. Nearly all are read in a third of the time
 * that it takes to parse them; any other is parsed.
 */
export function readToAdd(text: string): RecordRest {
  const found = USUAL.exec(text)
  if (found === null) return JSON.parse(text) as RecordRest
  return {
    endpoint: found[1] ?? '',
    stream: found[2] === 'true',
    outcome: 'complete',
    requestedModel: found[3] ?? '',
    model: found[4],
    provider: found[5],
    upstreamId: found[6],
    labels: numberOf(found[7]),
    customer: found[8],
    session: found[9],
    serviceTier: found[10],
    durationMs: numberOf(found[11]),
    firstOutputMs: numberOf(found[12]),
    attempts: found[13] === undefined ? NO_ATTEMPTS : [{ cost: found[13] }],
    inputTokens: numberOf(found[14]),
    cachedInputTokens: numberOf(found[15]),
    outputTokens: numberOf(found[16]),
    reasoningTokens: numberOf(found[17]),
    price: priceIn(found[18]),
  }
}

const numberOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text))
