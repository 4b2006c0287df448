import { z } from 'zod'
import { isHttpUrl } from './http-url.ts'

/** What a configuration says of Stripe. */
export interface StripeSettings {
  readonly secretKey: string
  /** What Stripe signs its messages with: one secret, or two while one takes the place of the other. */
  readonly webhookSecrets: readonly string[]
  /** Where somebody comes back to from a page of Stripe's. */
  readonly returnUrl: string
  /** How long an invoice that is sent may be paid, in days. @default 14 */
  readonly daysUntilDue: number
  /** Invoices of months before this one, `YYYY-MM`, are not handed over by themselves. `undefined`: all are. */
  readonly firstMonth: string | undefined
  /** The plan of an account that has ended its subscription at Stripe. @default 'free' */
  readonly planWithoutSubscription: string
  /** Where Stripe is. `undefined`: https://api.stripe.com */
  readonly baseUrl: string | undefined
}

const SIGNING_RULE =
  'must be the signing secret of the endpoint, which begins with "whsec_", or a list of two such while one takes the place of the other'
const isSigningSecret = (value: unknown): boolean => typeof value === 'string' && /^whsec_\S{8,}$/.test(value)

const webhookSecrets = z.custom<string | readonly string[]>(
  (value) =>
    isSigningSecret(value) ||
    (Array.isArray(value) && [1, 2].includes(value.length) && value.every((one) => isSigningSecret(one))),
  { error: SIGNING_RULE },
)

const url = z
  .string()
  .refine(isHttpUrl, { error: 'must be an http or https URL, such as "https://app.example.com/billing"' })

const DAYS_RULE = 'must be a whole number of days, from 1 to 365'
const days = z.int({ error: DAYS_RULE }).min(1, { error: DAYS_RULE }).max(365, { error: DAYS_RULE })

export const stripe = z.strictObject({
  secret_key: z.string().regex(/^(sk|rk)_(test|live)_\w{8,}$/, {
    error: 'must be a secret or restricted key of Stripe, which begins with "sk_" or "rk_"',
  }),
  webhook_secret: webhookSecrets,
  return_url: url,
  days_until_due: days.optional(),
  first_month: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/, { error: 'must be a month such as "2026-11"' })
    .optional(),
  plan_without_subscription: z.string().min(1).optional(),
  base_url: url.optional(),
})

const DAYS_UNTIL_DUE = 14

export const stripeOf = (said: z.infer<typeof stripe>): StripeSettings => ({
  secretKey: said.secret_key,
  webhookSecrets: typeof said.webhook_secret === 'string' ? [said.webhook_secret] : said.webhook_secret,
  returnUrl: said.return_url,
  daysUntilDue: said.days_until_due ?? DAYS_UNTIL_DUE,
  firstMonth: said.first_month,
  planWithoutSubscription: said.plan_without_subscription ?? 'free',
  baseUrl: said.base_url,
})
