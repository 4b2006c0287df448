import { z } from 'zod'
import type { BillingTerms } from '../billing/invoice-facts.ts'
import { countries, COUNTRY_RULE } from '../billing/countries.ts'
import { stripe, stripeOf, type StripeSettings } from './stripe-schema.ts'

const country = z.string().refine((text) => countries.has(text), { error: COUNTRY_RULE })

const line = (most: number): z.ZodString => z.string().trim().min(1).max(most)

const seller = z.strictObject({
  name: line(200),
  /** May have several lines. */
  address: line(1000).optional(),
  country: country.optional(),
  tax_id: line(100).optional(),
})

const RATE_RULE = 'must be a decimal string of percent, from "0" to "100" with at most four decimals, such as "19"'

const rate = z.string({ error: RATE_RULE }).refine((text) => /^(\d{1,2}(\.\d{1,4})?|100(\.0{1,4})?)$/.test(text), {
  error: RATE_RULE,
})

const tax = z.strictObject({ country, rate, reverse_charge: z.boolean().optional() })

/** Money of another currency is nowhere, so one that was asked for is named rather than taken for dollars. */
const currency = z.literal('USD', {
  error: ({ input }) =>
    typeof input === 'string' && /^[A-Z]{3}$/.test(input)
      ? `is ${input}, and prices and invoices are in US dollars alone. Leave it out, or say USD`
      : 'must be USD, or left out',
})

const DAYS_RULE = 'must be a whole number of days, from 0 to 365'

export const billing = z.strictObject({
  seller,
  tax: z.array(tax).superRefine(eachCountryOnce).optional(),
  currency: currency.optional(),
  /** How long an invoice may stay unpaid before its account is suspended. */
  grace_days: z.int({ error: DAYS_RULE }).min(0, { error: DAYS_RULE }).max(365, { error: DAYS_RULE }).optional(),
  /** Who collects what invoices come to. */
  stripe: stripe.optional(),
})

/** What a configuration says of billing. */
export interface Billing extends BillingTerms {
  /** For how many days an invoice may stay unpaid before its account is suspended. @default 7 */
  readonly graceDays: number
  /** `undefined`: nobody collects, and invoices are paid by other means. */
  readonly stripe: StripeSettings | undefined
}

const GRACE_DAYS = 7

/** The section as what invoices are reckoned from. */
export const billingOf = ({
  seller: said,
  tax: rates = [],
  grace_days: days,
  stripe: collector,
}: z.infer<typeof billing>): Billing => ({
  seller: { name: said.name, address: said.address, country: said.country, taxId: said.tax_id },
  taxes: rates.map((one) => ({ country: one.country, rate: one.rate, reverseCharge: one.reverse_charge ?? false })),
  graceDays: days ?? GRACE_DAYS,
  stripe: collector && stripeOf(collector),
})

function eachCountryOnce(rates: readonly { country: string }[], context: z.RefinementCtx): void {
  for (const [index, { country: code }] of rates.entries()) {
    const first = rates.findIndex((other) => other.country === code)
    if (first !== index)
      context.addIssue({ code: 'custom', path: [index, 'country'], message: `has a rate already, tax[${first}]` })
  }
}
