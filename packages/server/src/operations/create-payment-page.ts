import { SpekaError } from '@speka/core'
import { z } from 'zod'
import type { Actor } from '../actor.ts'
import type { PaymentLink } from '../payments/billing-provider.ts'
import { customerOf } from '../payments/customer-of.ts'
import { demandCollector, type Collector } from './collector.ts'
import { id } from './fields.ts'
import { shownMoment, textOf } from './moments.ts'
import { operation, type OperationParts } from './operation.ts'
import { accountOf } from './own-account.ts'
import { findPlan, plan, refuseConfigured } from './plans.ts'

/** A page of the provider's, as it is shown. */
const linkView = z.object({
  account: z.string(),
  /** Where to send whoever pays for the account. It works for him alone, and not for long. */
  url: z.string(),
  /** `null`: the provider does not say. */
  expires_at: shownMoment,
})

type LinkView = z.output<typeof linkView>

/**
 * A page where an account leaves a payment method, and takes a plan by doing so. Once that is done, the account is on the plan,
 * and its invoices are charged to what was left there.
 *
 * @throws SpekaError `not_found`, `invalid_value` for a plan that there is not, or that the configuration says; and what keeps
 *   the provider from making a page
 */
export const createCheckout = operation({
  right: 'payments.write',
  input: z.strictObject({ account: id.optional(), plan }),
  output: linkView,
  run: (parts, { account, plan: wanted }, actor) =>
    pageFor(parts, actor, account, async ({ provider }, customer, own) => {
      if ((await findPlan(parts, wanted)) === undefined)
        throw new SpekaError('invalid_value', 'plan must be one that is paid for, not "none".', { param: 'plan' })
      await refuseConfigured(parts, own)
      return provider.openCheckout(await customer(), own, wanted)
    }),
})

/**
 * A page where an account sees what it has paid, and changes its payment method.
 *
 * @throws SpekaError `not_found`, and what keeps the provider from making a page
 */
export const createPortal = operation({
  right: 'payments.write',
  input: z.strictObject({ account: id.optional() }),
  output: linkView,
  run: (parts, { account }, actor) =>
    pageFor(parts, actor, account, async ({ provider }, customer) => provider.openPortal(await customer())),
})

async function pageFor(
  parts: OperationParts,
  actor: Actor,
  asked: string | undefined,
  open: (collector: Collector, customer: () => Promise<string>, account: string) => Promise<PaymentLink>,
): Promise<LinkView> {
  const { record } = await accountOf(parts, actor, asked)
  const collector = await demandCollector(parts)
  const payer = { registry: parts.store.registry, provider: collector.provider, now: parts.now }
  const { url, expiresAt } = await open(collector, () => customerOf(payer, record.id), record.id)
  return { account: record.id, url, expires_at: textOf(expiresAt) }
}
