import { SpekaError, type ErrorCode } from '@speka/core'
import { hideSecrets } from '../../config/hide-secrets.ts'

/** What a failure of Stripe's library means here, by its `type`, and what helps. */
const troubles: Readonly<Record<string, { readonly code: ErrorCode; readonly remedy: string }>> = {
  StripeAuthenticationError: { code: 'upstream_auth_failed', remedy: 'Look at billing.stripe.secret_key.' },
  StripePermissionError: {
    code: 'upstream_auth_failed',
    remedy: 'Give the key of billing.stripe.secret_key that right.',
  },
  StripeRateLimitError: { code: 'upstream_error', remedy: 'It is tried again a minute later.' },
  StripeConnectionError: { code: 'upstream_unreachable', remedy: 'It is tried again a minute later.' },
  StripeAPIError: { code: 'upstream_error', remedy: 'It is tried again a minute later.' },
  StripeIdempotencyError: { code: 'upstream_error', remedy: 'It is tried again a minute later.' },
  StripeInvalidRequestError: { code: 'upstream_error', remedy: 'Look at it in the Dashboard of Stripe.' },
}

/**
 * Asks Stripe something.
 *
 * @throws SpekaError in place of what the library throws, without what may be a key
 */
export async function withStripe<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask()
  } catch (cause) {
    if (SpekaError.is(cause) || !(cause instanceof Error)) throw cause
    const type = 'type' in cause ? String(cause.type) : ''
    const trouble = troubles[type]
    if (trouble === undefined) throw cause
    throw new SpekaError(trouble.code, `Stripe says: ${hideSecrets(cause.message)} ${trouble.remedy}`, { cause })
  }
}
