import type Stripe from 'stripe'
import { SettingsError } from '../../config/settings.ts'
import type { StripeSettings } from '../../config/stripe-schema.ts'
import type { BillingProvider } from '../billing-provider.ts'
import { StripeProvider } from './stripe-provider.ts'

/** The version of Stripe's library that this was written for. */
const MAJOR = 23

/** How often the library itself asks again, by the same key, what was not answered. */
const RETRIES = 2

/**
 * Stripe as the one who takes payments. Its library is not installed with the server, since few need it.
 *
 * @throws SettingsError when the library is not there, with the line that installs it
 */
export async function openStripe(settings: StripeSettings, retries = RETRIES): Promise<BillingProvider> {
  const { default: Client } = await import('stripe').catch((cause: unknown) => {
    throw new SettingsError(
      `billing.stripe is configured, and Stripe's library is not installed. Install it beside @speka/server: npm install stripe@${MAJOR}`,
      { cause },
    )
  })
  return new StripeProvider(new Client(settings.secretKey, clientOptions(settings, retries)), settings)
}

function clientOptions({ baseUrl }: StripeSettings, retries: number): Stripe.StripeConfig {
  const common = { maxNetworkRetries: retries, timeout: 30_000, telemetry: false } as const
  if (baseUrl === undefined) return common
  const url = new URL(baseUrl)
  const protocol = url.protocol === 'http:' ? 'http' : 'https'
  const port = url.port === '' ? (protocol === 'http' ? 80 : 443) : Number(url.port)
  return { ...common, protocol, host: url.hostname, port }
}
