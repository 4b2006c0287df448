import { picoUsd } from '@speka/core'
import { countNames, type CountName } from '@speka/core/internal'
import type { BilledUsage } from './billed-usage.ts'
import { readPriceText } from './price-text.ts'
import { compareGroups } from './usage-groups.ts'

/** Usage of a key, team, model and price, or a part of it, as a database has it. */
export interface PricedUsage {
  readonly keyId: string | undefined
  readonly team: string | undefined
  readonly model: string | undefined
  /** The price as JSON. */
  readonly price: string | undefined
  readonly requests: number
  readonly counts: Readonly<Record<string, number>>
  readonly charge: bigint
}

/** What is to be billed, each once, in order. */
export function billedUsage(parts: Iterable<PricedUsage>): BilledUsage[] {
  const lines = new Map<string, Line>()
  for (const { keyId, team, model, price, requests, counts, charge } of parts) {
    const group = [team, keyId, model, price]
    const name = JSON.stringify(group)
    let line = lines.get(name)
    if (line === undefined) lines.set(name, (line = { group, requests: 0, counts: {}, charge: 0n }))
    line.requests += requests
    line.charge += charge
    for (const count of countNames) {
      const more = counts[count] ?? 0
      if (more !== 0) line.counts[count] = (line.counts[count] ?? 0) + more
    }
  }
  return [...lines.values()].sort((a, b) => compareGroups(a.group, b.group)).map(lineOf)
}

interface Line {
  readonly group: readonly (string | undefined)[]
  readonly counts: { [Name in CountName]?: number }
  requests: number
  charge: bigint
}

function lineOf({ group: [team, keyId, model, price], requests, counts, charge }: Line): BilledUsage {
  const row = price === undefined ? undefined : readPriceText(price)
  return { keyId, team, model, price: row, requests, counts, charge: picoUsd(charge) }
}
