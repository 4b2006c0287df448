import { formatUsd } from '@speka/core'
import { formatPricePerMillion, unitEntries } from '@speka/core/internal'
import { html, type Html } from '../html.ts'
import type { ModelFacts, ModelPrice } from '../model-facts.ts'
import { operationTitles } from '../page-facts.ts'
import type { Share } from '../site-records.ts'

/** A share as it is read: never rounded up to a whole it has not reached. */
export function percent(share: number): string {
  const hundredths = Math.floor(share * 10_000 + 1e-6)
  return `${(hundredths / 100).toFixed(2)}\u{a0}%`
}

/** An amount in dollars, a decimal string, as it is read: to the cent, and finer where it is. */
export function dollars(usd: string): string {
  const [whole = '0', fraction = ''] = usd.split('.')
  return `$${whole}.${fraction.padEnd(2, '0')}`
}

/** What one more of a unit costs: for a million where it is counted in tokens. */
export interface RateLine {
  readonly title: string
  readonly usd: string
  readonly per: string
}

/** Every rate of a row of a price, in the order of the units. */
export const rateLines = (price: ModelPrice): RateLine[] =>
  unitEntries.flatMap(({ unit, rate, per }) => {
    const each = price[rate]
    if (each === undefined) return []
    return [
      {
        title: unitTitles[unit],
        usd: dollars(per === 'million' ? formatPricePerMillion(each) : formatUsd(each)),
        per: per === 'million' ? '1M tokens' : 'each',
      },
    ]
  })

type Unit = (typeof unitEntries)[number]['unit']

/** What a unit is called for people. */
const unitTitles: Readonly<Record<Unit, string>> = {
  input: 'Input',
  cached_input: 'Cached input',
  cache_write: 'Cache write',
  cache_write_1h: 'Cache write, one hour',
  output: 'Output',
  reasoning: 'Reasoning',
  audio_input: 'Audio input',
  audio_output: 'Audio output',
  image: 'Image',
  search: 'Search unit',
  second: 'Second of audio',
  character: 'Character of speech',
  request: 'Request',
}

/** The usual row of a price in a few words, such as `$0.27 in, $1.10 out per 1M tokens`. */
export function shortPrice({ price }: ModelFacts): string {
  if (price === undefined) return 'No price known'
  const { input, output } = price
  if (input !== undefined) {
    const tokens = [
      `${dollars(formatPricePerMillion(input))} in`,
      ...(output === undefined ? [] : [`${dollars(formatPricePerMillion(output))} out`]),
    ]
    return `${tokens.join(', ')} per 1M tokens`
  }
  return rateLines(price)
    .map(
      ({ title, usd, per }) =>
        `${usd} ${per === 'each' ? `per ${title.toLowerCase()}` : `${title.toLowerCase()} per ${per}`}`,
    )
    .join(', ')
}

/** A number with commas between thousands. */
export const grouped = (count: number): string => new Intl.NumberFormat('en-US').format(count)

/** What a model can do, as a row of small labels. */
export const abilities = ({ operations, capabilities }: ModelFacts): Html =>
  html`<ul class="labels">${[...operations.map((name) => operationTitles[name]), ...capabilities].map((name) => html`<li>${name}</li>`)}</ul>`

/** A moment of an hour, as `2026-11-30 14:00 UTC`, readable by programs too. */
export function hourOf(at: number): Html {
  const iso = new Date(at).toISOString()
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC</time>`
}

/** How well a share of good answers is, in a word that a style knows: three levels, and one for too few to tell. */
export function levelOf({ requests }: Share, share: number | undefined): 'none' | 'few' | 'good' | 'fair' | 'bad' {
  if (requests === 0) return 'none'
  if (share === undefined) return 'few'
  if (share >= 0.999) return 'good'
  return share >= 0.99 ? 'fair' : 'bad'
}

/** A time in ms, in words that keep two figures. */
export const duration = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`)
