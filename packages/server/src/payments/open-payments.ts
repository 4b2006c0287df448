import { SpekaError, type Clock } from '@speka/core'
import { Watch } from '../alerts/watch.ts'
import type { Billing } from '../config/billing-schema.ts'
import type { StripeSettings } from '../config/stripe-schema.ts'
import type { Invoices } from '../store/invoices.ts'
import type { Registry } from '../store/registry.ts'
import type { ReplyStore } from '../store/store.ts'
import type { BillingProvider, SignedMessage } from './billing-provider.ts'
import { catchUp } from './catch-up.ts'
import { HandOvers, type HandOverResult } from './hand-over-all.ts'
import type { TellOfPayment } from './payment-parts.ts'
import { openStripe } from './stripe/open-stripe.ts'
import { suspendUnpaid } from './suspend-unpaid.ts'
import { takeEvent, type EventParts } from './take-event.ts'

/** How often to look for what is to be handed over, and who has not paid; in ms. */
export const PAYMENTS_LOOK_MS = 60_000
/** For how long a round is one process's own, in ms. Two at once would do no harm, but twice the asking. */
const ROUND_MS = 600_000
const ROUND = 'a round of payments'
/** How often to ask for what the provider has told and nobody has heard, in ms. */
const CATCH_UP_MS = 3_600_000

export interface OpenPaymentsParts {
  readonly store: { readonly registry: Registry; readonly invoices: Invoices; readonly replies: ReplyStore }
  readonly clock: Clock
  readonly tell: TellOfPayment
  /** Puts an account on a plan. @throws SpekaError where that cannot be */
  readonly putOnPlan: (account: string, plan: string) => Promise<void>
  readonly onTrouble: (trouble: string, fields: Readonly<Record<string, unknown>>) => void
  /** Default: {@link openStripe} */
  readonly open?: ((settings: StripeSettings) => Promise<BillingProvider>) | undefined
}

/** Payments of this process: it hears what the provider says, and of several processes one at a time looks for what is to be done. */
export interface OpenPayments {
  /** Who takes payments from now on. @throws SettingsError when what it takes is not installed */
  configure(billing: Billing | undefined): Promise<void>
  /** Whether somebody takes payments. */
  readonly isOpen: boolean
  /** Does as a message of the provider says. @throws SpekaError `invalid_request` when it is not the provider's */
  take(message: SignedMessage): Promise<void>
  /** Looks now for what is to be handed over, and who has not paid. */
  look(): Promise<void>
  close(): Promise<void>
}

interface InForce {
  readonly provider: BillingProvider
  readonly billing: Billing
}

export function openPayments({
  store,
  clock,
  tell,
  putOnPlan,
  onTrouble,
  open = openStripe,
}: OpenPaymentsParts): OpenPayments {
  let current: InForce | undefined
  let isClosing = false
  const handOvers = new HandOvers()
  const now = (): number => clock.now()
  /** When this process has last heard all there was to hear; not yet, of who takes payments now. */
  let caughtUpAt = -Infinity
  const partsOf = ({ provider, billing }: InForce): EventParts => ({
    registry: store.registry,
    invoices: store.invoices,
    provider,
    now,
    graceDays: billing.graceDays,
    tell,
    putOnPlan,
    planWithoutSubscription: billing.stripe?.planWithoutSubscription ?? 'free',
  })

  async function look(): Promise<void> {
    const inForce = current
    if (inForce === undefined) return
    const claim = { fingerprint: '', now: now(), until: now() + ROUND_MS }
    if ((await store.replies.claim(ROUND, claim)).state !== 'yours') return
    try {
      const parts = partsOf(inForce)
      await hearMissed(parts)
      // Nobody is suspended for what he may have paid while nobody listened.
      if (caughtUpAt > -Infinity) await suspendUnpaid(parts)
      const { firstMonth } = inForce.billing.stripe ?? {}
      const results = await handOvers.round(parts, { firstMonth, goesOn: () => !isClosing })
      for (const result of results) tellTrouble(result)
    } finally {
      await store.replies.release(ROUND)
    }
  }

  async function hearMissed(parts: EventParts): Promise<void> {
    if (now() - caughtUpAt < CATCH_UP_MS) return
    const began = now()
    try {
      await catchUp(parts, {
        goesOn: () => !isClosing,
        onTrouble: (event, trouble) =>
          onTrouble('what the payment provider has told cannot be done as yet, and is tried again', { event, trouble }),
      })
      caughtUpAt = began
    } catch (error) {
      if (!SpekaError.is(error)) throw error
      onTrouble('the payment provider cannot be asked for what was missed, and is asked again a minute later', {
        trouble: error.message,
      })
    }
  }

  function tellTrouble({ invoice, account, state, trouble }: HandOverResult): void {
    if (trouble !== undefined)
      onTrouble('an invoice was not handed over, and is tried again', { invoice, account, trouble })
    else if (state === 'unreachable')
      onTrouble('an invoice is not handed over, since its account has neither an e-mail nor a payment method', {
        invoice,
        account,
      })
  }

  const watch = new Watch(clock, PAYMENTS_LOOK_MS, look, (error) =>
    onTrouble('payments cannot be looked after at the moment', {
      cause: error instanceof Error ? error.message : String(error),
    }),
  )

  return {
    look,
    get isOpen() {
      return current !== undefined
    },
    async configure(billing) {
      caughtUpAt = -Infinity
      current = billing?.stripe === undefined ? undefined : { provider: await open(billing.stripe), billing }
      watch.run(current !== undefined)
    },
    async take(message) {
      if (current === undefined) throw new SpekaError('unknown_url', 'Nobody takes payments here.')
      const event = await current.provider.readMessage(message)
      if (event === undefined) return
      await takeEvent(partsOf(current), event)
    },
    async close() {
      isClosing = true
      await watch.stop()
    },
  }
}
