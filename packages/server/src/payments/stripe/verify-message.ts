import { SpekaError } from '@speka/core'
import type Stripe from 'stripe'
import { z } from 'zod'
import type { SignedMessage } from '../billing-provider.ts'

/** How old a message may be when it comes, in s: a longer way home has only one that somebody has kept. */
const TOLERANCE_S = 300

/** What every event has. What it is about is looked at by its type. */
export const stripeEvent = z.object({
  id: z.string(),
  type: z.string(),
  created: z.number(),
  data: z.object({ object: z.unknown() }),
})

export type StripeEvent = z.output<typeof stripeEvent>

/**
 * The event of a message, if Stripe has sent it, to us, and just now. The library looks at the signature first, over the bytes
 * as they came; only then is there anything to parse.
 *
 * @throws SpekaError `invalid_request`
 */
export function verifyMessage(
  { webhooks }: Stripe,
  { body, signature, receivedAt }: SignedMessage,
  secrets: readonly string[],
): StripeEvent {
  const isSigned = secrets.some((secret) => {
    try {
      webhooks.constructEvent(body, signature, secret, TOLERANCE_S, undefined, receivedAt)
      return true
    } catch {
      return false
    }
  })
  if (!isSigned)
    throw new SpekaError(
      'invalid_request',
      `Stripe has not signed this, or more than ${TOLERANCE_S / 60} minutes ago. If it has, look at billing.stripe.webhook_secret and at the clock.`,
    )
  const parsed = stripeEvent.safeParse(JSON.parse(new TextDecoder().decode(body)))
  if (!parsed.success) throw new SpekaError('invalid_request', 'This is no event of Stripe.')
  return parsed.data
}
