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
    `,"durationMs":${NUMBER}`,
    maybe('firstOutputMs', NUMBER),
    `,"attempts":\\[\\{"startedMs":${SOME_TIME},"durationMs":${SOME_TIME}`,
    maybe('firstOutputMs', SOME_TIME),
    String.raw`,"outcome":"answered","status":\d+\}\]`,
    maybe('inputTokens', String.raw`(\d+)`),
    maybe('cachedInputTokens', String.raw`(\d+)`),
    maybe('outputTokens', String.raw`(\d+)`),
    String.raw`(?:,"price":(\{[^{}]*\}))?\}$`,
  ].join(''),
)

const NO_ATTEMPTS: readonly never[] = []

/** Prices by their text, so that each is parsed once: they are few, unless somebody changes them all the time. */
const prices = new Map<string, unknown>()
const MOST_PRICES = 1000

function priceIn(text: string | undefined): unknown {
  if (text === undefined) return undefined
  let price = prices.get(text)
  if (price === undefined) {
    price = JSON.parse(text)
    if (prices.size >= MOST_PRICES) prices.clear()
    prices.set(text, price)
  }
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
    durationMs: numberOf(found[8]),
    firstOutputMs: numberOf(found[9]),
    attempts: NO_ATTEMPTS,
    inputTokens: numberOf(found[10]),
    cachedInputTokens: numberOf(found[11]),
    outputTokens: numberOf(found[12]),
    price: priceIn(found[13]),
  }
}

const numberOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text))
