import { SpekaError } from '@speka/core'
import type { PaymentFeedRecord } from '../store/records.ts'
import type { Kept } from '../store/registry.ts'
import { changedBy, untilUndisturbed } from './change-by.ts'
import { settlePayment } from './settle-payment.ts'
import { takeEvent, type EventParts } from './take-event.ts'

const DAY_MS = 86_400_000

/** How long a provider tells what has happened. Stripe: 30 days, https://docs.stripe.com/api/events */
const TOLD_MS = 30 * DAY_MS

/** An event may be told this long after it has happened: that much is asked for again. */
const OVERLAP_MS = 600_000

/** How many payments are read at once. */
const PAGE_PAYMENTS = 200

/** What is asked of a round of catching up. */
export interface CatchUpOptions {
  /** Asked now and then: whether to go on. */
  readonly goesOn?: (() => boolean) | undefined
  readonly onTrouble?: ((event: string, trouble: string) => void) | undefined
}

/**
 * Asks the provider what has happened since it was asked last, and does as that says: messages that never came are made good so. Day
 * by day, the oldest first, and it is kept how far news has been heard, so that whoever is killed goes on there. What was heard already
 * changes nothing. Where more time has passed than the provider tells of, payments that are not settled are asked for one by one.
 */
export async function catchUp(parts: EventParts, options: CatchUpOptions = {}): Promise<void> {
  const { registry, provider, now } = parts
  const { goesOn = () => true } = options
  const end = now()
  const heardUntil = (await registry.get('payment_feed', provider.name))?.record.heardUntil
  const oldest = end - TOLD_MS
  if (heardUntil === undefined || heardUntil < oldest) await lookAtUnsettled(parts, goesOn)
  let isWhole = true
  for (let from = Math.max(heardUntil ?? oldest, oldest); from < end && goesOn(); from += DAY_MS) {
    const until = Math.min(from + DAY_MS, end)
    const heard = await hear(parts, { from: from - OVERLAP_MS, until }, options)
    isWhole &&= heard.isWhole
    // Where nothing was news, the same is asked for once more: that is no entry in the audit each hour.
    const isLast = until === end && end - (heardUntil ?? 0) >= DAY_MS
    if (isWhole && (heard.isNews || isLast)) await keepHeard(parts, until)
  }
}

/** @returns whether all of it was taken, and whether any of it was news */
async function hear(
  parts: EventParts,
  span: { readonly from: number; readonly until: number },
  { goesOn = () => true, onTrouble }: CatchUpOptions,
): Promise<{ isWhole: boolean; isNews: boolean }> {
  let [isWhole, isNews] = [true, false]
  for await (const { id, read } of parts.provider.listEvents(span)) {
    if (!goesOn()) return { isWhole: false, isNews }
    try {
      const event = await read()
      if (event !== undefined && (await takeEvent(parts, event))) isNews = true
    } catch (error) {
      // One that cannot be taken now holds up no other, and is asked for again.
      if (!SpekaError.is(error)) throw error
      isWhole = false
      onTrouble?.(id, error.message)
    }
  }
  return { isWhole, isNews }
}

/** What may have been paid while nobody was told, longer ago than the provider tells of. */
async function lookAtUnsettled(parts: EventParts, goesOn: () => boolean): Promise<void> {
  let after: string | undefined
  for (;;) {
    const payments = await parts.registry.list('payment', { after, limit: PAGE_PAYMENTS })
    for (const { record } of payments) {
      const { invoice, reference, state, provider } = record
      if (!goesOn()) return
      if ((state !== 'open' && state !== 'failed') || reference === undefined || provider !== parts.provider.name)
        continue
      await settlePayment(parts, invoice, await parts.provider.standingOf(reference))
    }
    after = payments.at(-1)?.record.id
    if (payments.length < PAGE_PAYMENTS) return
  }
}

/** Notes up to when all has been heard. Another process may have come further. */
async function keepHeard({ registry, provider, now }: EventParts, heardUntil: number): Promise<void> {
  await untilUndisturbed(async () => {
    const before: Kept<'payment_feed'> | undefined = await registry.get('payment_feed', provider.name)
    if (before !== undefined && before.record.heardUntil >= heardUntil) return
    const made: PaymentFeedRecord = { id: provider.name, account: '', createdAt: now(), heardUntil }
    const after = before === undefined ? made : { ...before.record, heardUntil }
    await registry.change([{ kind: 'payment_feed', before, after }], changedBy('payment.heard', now()))
  })
}
