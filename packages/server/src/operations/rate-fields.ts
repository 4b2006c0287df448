import { formatUsd, parseUsd } from '@speka/core'
import { formatPricePerMillion, parsePricePerMillion, unitEntries, type UnitEntry } from '@speka/core/internal'
import { z } from 'zod'

/** How a rate is read, and written in one way only, so that equal ones are equal texts. */
const ways: Readonly<
  Record<UnitEntry['per'], { readonly decimals: number; readonly normal: (text: string) => string }>
> = {
  million: { decimals: 6, normal: (text) => formatPricePerMillion(parsePricePerMillion(text)) },
  each: { decimals: 12, normal: (text) => formatUsd(parseUsd(text)) },
}

function rateField(per: UnitEntry['per']) {
  const { decimals, normal } = ways[per]
  const error = `must be a decimal string of US dollars with at most ${decimals} decimals, such as "0.20"`
  return z
    .string({ error })
    .transform((text, context) => {
      try {
        return normal(text)
      } catch {
        context.addIssue({ code: 'custom', message: error })
        return z.NEVER
      }
    })
    .optional()
}

/** A price as a configuration has it, in one row: rates by unit, in US dollars, of tokens per 1M, of all else each. */
export const rateFields = z
  .strictObject(Object.fromEntries(unitEntries.map(({ unit, per }) => [unit, rateField(per)])), {
    error: (issue) =>
      issue.code === 'invalid_type' ? 'must be an object of rates, such as {"input": "0.20"}' : undefined,
  })
  .transform((rates): Record<string, string> => Object.fromEntries(Object.entries(rates).filter(isGiven)))
  .refine((rates) => Object.keys(rates).length > 0, { error: 'must have at least one rate, such as {"input": "0.20"}' })

const isGiven = (entry: [string, string | undefined]): entry is [string, string] => entry[1] !== undefined
