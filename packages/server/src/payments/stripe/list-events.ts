import type Stripe from 'stripe'
import type { EventSpan, HeardEvent } from '../billing-provider.ts'
import { eventTypes, readEvent } from './read-event.ts'
import { stripeEvent } from './verify-message.ts'

/** How many Stripe gives at once, at most. */
const PAGE_EVENTS = 100

/**
 * What has happened at Stripe in a span of time and matters here, the oldest first, whether or not a message of it has come: Stripe
 * tells it for 30 days. Each is looked at when it is asked for.
 */
export async function* listEvents(stripe: Stripe, { from, until }: EventSpan): AsyncGenerator<HeardEvent> {
  const listed = []
  const created = { gte: Math.floor(from / 1000), lt: Math.ceil(until / 1000) }
  for await (const event of stripe.events.list({ created, types: [...eventTypes], limit: PAGE_EVENTS })) {
    const { data } = stripeEvent.safeParse(event)
    if (data !== undefined) listed.push(data)
  }
  // Stripe lists the newest first.
  for (const event of listed.toReversed()) yield { id: event.id, read: () => readEvent(stripe, event) }
}
