import type Stripe from 'stripe'
import { SettingsError } from '../../config/settings.ts'
import type { StripeSettings } from '../../config/stripe-schema.ts'
import type { BillingProvider } from '../billing-provider.ts'
import { StripeProvider } from './stripe-provider.ts'

/** The version of Stripe's library that this was written for. */
const MAJOR = 23

/** What tests do otherwise. */
export interface OpenOptions {
  /** How often the library itself asks again, by the same key, what was not answered. @default 2 */
  readonly retries?: number
  /** Loads the library. */
  readonly load?: () => Promise<{ readonly default: typeof Stripe }>
}

/**
 * Stripe as the one who takes payments. Its library is not installed with the server, since few need it.
 *
 * @throws SettingsError when the library is not there, with the line that installs it
 */
export async function openStripe(
  settings: StripeSettings,
  { retries = 2, load = () => import('stripe') }: OpenOptions = {},
): Promise<BillingProvider> {
  const { default: Client } = await load().catch((cause: unknown) => {
    throw new SettingsError(
      `billing.stripe is configured, and Stripe's library is not installed. Install it beside @speka/server: npm install stripe@${MAJOR}`,
      { cause },
    )
  })
  return new StripeProvider(new Client(settings.secretKey, clientOptions(settings, retries)), settings)
}

function clientOptions({ baseUrl }: StripeSettings, retries: number): Stripe.StripeConfig {
  const common = { maxNetworkRetries: retries, timeout: 20_000, telemetry: false } as const
  if (baseUrl === undefined) return common
  const url = new URL(baseUrl)
  const protocol = url.protocol === 'http:' ? 'http' : 'https'
  const port = url.port === '' ? (protocol === 'http' ? 80 : 443) : Number(url.port)
  return { ...common, protocol, host: url.hostname, port }
}
