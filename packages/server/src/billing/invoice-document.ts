import { z } from 'zod'

/** An exact amount in US dollars, as a decimal string; below zero with a sign. */
const usd = z.string()

/** Who sells, or who buys. */
const party = z.strictObject({
  name: z.string(),
  address: z.string().nullable(),
  country: z.string().nullable(),
  tax_id: z.string().nullable(),
})

const moment = z.string()

/** One unit of usage, by key, model and price. */
const usageLine = z.strictObject({
  kind: z.literal('usage'),
  /** Ids, with the names that they had when the invoice was made. */
  team: z.strictObject({ id: z.string(), name: z.string() }).nullable(),
  key: z.strictObject({ id: z.string(), name: z.string() }).nullable(),
  model: z.string().nullable(),
  /** `input`, `cached_input`, `image` …; `null`: requests that were charged by something else than their units. */
  unit: z.string().nullable(),
  /** How many of the unit; of the line without a unit, how many requests. */
  quantity: z.number(),
  /** Of one million tokens, or of one of anything else: `per` says which. `null` without a unit. */
  unit_price_usd: usd.nullable(),
  per: z.union([z.literal(1_000_000), z.literal(1)]),
  /** Where the price comes from, and since when it holds. */
  price_source: z.string().nullable(),
  price_as_of: z.string().nullable(),
  /** Under which condition: `service_tier: flex`, `above_input_tokens: 200000`. */
  price_condition: z.string().nullable(),
  amount_usd: usd,
})

/** The fee of a plan, for the part of the month in which it was in force. */
const feeLine = z.strictObject({
  kind: z.literal('fee'),
  plan: z.string(),
  from: moment,
  until: moment,
  /** For a whole month. */
  monthly_usd: usd,
  amount_usd: usd,
})

/** Usage of a month whose invoice had been issued when its rows came. */
const lateUsageLine = z.strictObject({
  kind: z.literal('late_usage'),
  month: z.string(),
  requests: z.number(),
  amount_usd: usd,
})

/** What the plan pays for: below zero, or nothing. */
const allowanceLine = z.strictObject({ kind: z.literal('allowance'), allowance_usd: usd, amount_usd: usd })

/** What is spent of a grant: below zero. */
const creditLine = z.strictObject({
  kind: z.literal('credit'),
  grant: z.string(),
  note: z.string().nullable(),
  expires_at: moment.nullable(),
  /** What is left of it after this invoice. */
  left_usd: usd,
  amount_usd: usd,
})

const adjustmentLine = z.strictObject({
  kind: z.literal('adjustment'),
  adjustment: z.string(),
  /** Whether it counts as usage, for which allowance and credit pay. */
  of: z.enum(['usage', 'amount']),
  /** The month it is about. */
  about: z.string().nullable(),
  reason: z.string(),
  amount_usd: usd,
})

export const invoiceLine = z.discriminatedUnion('kind', [
  feeLine,
  usageLine,
  lateUsageLine,
  adjustmentLine,
  allowanceLine,
  creditLine,
])

const taxLine = z.strictObject({
  country: z.string(),
  /** In percent, as a decimal string: `19`. */
  rate_percent: z.string(),
  /** Whether the buyer owes the tax in place of the seller. */
  reverse_charge: z.boolean(),
  net_usd: usd,
  tax_usd: usd,
})

/**
 * An invoice as JSON: what is kept of one that was issued, what the API shows, and what CSV and HTML are made of. Every amount
 * of a line is exact to the pico-dollar, and their sum is `net_exact_usd`.
 */
export const invoiceBody = z.strictObject({
  /** `credit_note`: the total is below zero. */
  kind: z.enum(['invoice', 'credit_note']),
  account: z.string(),
  /** `YYYY-MM`, in UTC. */
  month: z.string(),
  currency: z.literal('USD'),
  seller: party,
  buyer: party,
  lines: z.array(invoiceLine),
  /** How many requests of the month itself it charges: any that come later are late usage. */
  requests: z.number(),
  /** What usage of all kinds comes to, before allowance and credit. */
  usage_usd: usd,
  /** The sum of the lines. */
  net_exact_usd: usd,
  /** What rounding to cents, half to even, adds to it or takes away. */
  rounding_usd: usd,
  /** In cents. */
  net_usd: usd,
  /** On the rounded net, rounded to cents, half to even. */
  tax: z.array(taxLine),
  total_usd: usd,
})

/** What stands on an invoice once it is issued. */
export const invoiceDocument = invoiceBody.extend({
  state: z.enum(['draft', 'final']),
  number: z.string().nullable(),
  issued_at: moment.nullable(),
  hash: z.string().nullable(),
  previous_hash: z.string().nullable(),
})

export type InvoiceBody = z.output<typeof invoiceBody>
export type InvoiceLine = z.output<typeof invoiceLine>
export type InvoiceDocument = z.output<typeof invoiceDocument>
