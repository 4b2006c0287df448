import { SpekaError, type Clock } from '@speka/core'
import { Watch } from '../alerts/watch.ts'
import type { Billing } from '../config/billing-schema.ts'
import type { StripeSettings } from '../config/stripe-schema.ts'
import type { Invoices } from '../store/invoices.ts'
import type { Registry } from '../store/registry.ts'
import type { ReplyStore } from '../store/store.ts'
import type { BillingProvider, SignedMessage } from './billing-provider.ts'
import { HandOvers, type HandOverResult } from './hand-over-all.ts'
import type { PaymentParts, TellOfPayment } from './payment-parts.ts'
import { openStripe } from './stripe/open-stripe.ts'
import { suspendUnpaid } from './suspend-unpaid.ts'
import { takeEvent } from './take-event.ts'

/** How often to look for what is to be handed over, and who has not paid; in ms. */
export const PAYMENTS_LOOK_MS = 60_000
/** For how long a round is one process's own, in ms. Two at once would do no harm, but twice the asking. */
const ROUND_MS = 600_000
const ROUND = 'a round of payments'

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
  const partsOf = ({ provider, billing }: InForce): PaymentParts => ({
    registry: store.registry,
    invoices: store.invoices,
    provider,
    now,
    graceDays: billing.graceDays,
    tell,
  })

  async function look(): Promise<void> {
    const inForce = current
    if (inForce === undefined) return
    const claim = { fingerprint: '', now: now(), until: now() + ROUND_MS }
    if ((await store.replies.claim(ROUND, claim)).state !== 'yours') return
    try {
      const parts = partsOf(inForce)
      await suspendUnpaid(parts)
      const { firstMonth } = inForce.billing.stripe ?? {}
      const results = await handOvers.round(parts, { firstMonth, goesOn: () => !isClosing })
      for (const result of results) tellTrouble(result)
    } finally {
      await store.replies.release(ROUND)
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
      current = billing?.stripe === undefined ? undefined : { provider: await open(billing.stripe), billing }
      watch.run(current !== undefined)
    },
    async take(message) {
      if (current === undefined) throw new SpekaError('unknown_url', 'Nobody takes payments here.')
      const event = await current.provider.readMessage(message)
      if (event === undefined) return
      const { planWithoutSubscription = 'free' } = current.billing.stripe ?? {}
      await takeEvent({ ...partsOf(current), putOnPlan, planWithoutSubscription }, event)
    },
    async close() {
      isClosing = true
      await watch.stop()
    },
  }
}
