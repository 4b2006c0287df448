import { SpekaError } from '@speka/core'
import type { Visit } from '../http/exchange.ts'
import { readBody } from '../http/read-body.ts'
import { respondJson } from '../http/respond.ts'
import type { OpenPayments } from '../payments/open-payments.ts'

/** Where Stripe sends its messages. */
export const STRIPE_WEBHOOK_PATH = '/webhooks/stripe'

/** Far more than any message has, in bytes. */
const MOST_BYTES = 512 * 1024

/**
 * `POST /webhooks/stripe`: does as Stripe says, once it is certain that it is Stripe who says it. Whatever is answered with an
 * error Stripe sends again later; what says nothing here is taken, and nothing is done.
 */
export function takeStripeMessage(payments: Pick<OpenPayments, 'isOpen' | 'take'> | undefined) {
  return async ({ id, receivedAt, request, response }: Visit): Promise<void> => {
    if (payments?.isOpen !== true)
      throw new SpekaError('unknown_url', 'Nobody takes payments here: billing.stripe is not configured.')
    const { 'stripe-signature': signature } = request.headers
    if (typeof signature !== 'string' || signature === '')
      throw new SpekaError('invalid_request', 'Only Stripe calls this: the header "stripe-signature" is missing.')
    const body = await readBody(request, response, MOST_BYTES)
    await payments.take({ body, signature, receivedAt })
    respondJson(response, id, { received: true })
  }
}
