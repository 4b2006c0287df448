import { z } from 'zod'
import { accountView } from './account-view.ts'
import { id } from './fields.ts'
import { grantView } from './grant-view.ts'
import { invoiceView } from './invoice-view.ts'
import { listGrants } from './list-grants.ts'
import { listInvoices } from './list-invoices.ts'
import { listPayments, paymentView } from './list-payments.ts'
import { listPlans, planView } from './list-plans.ts'
import { spendingOfMonth, spendingView } from './month-spending.ts'
import { operation } from './operation.ts'
import { accountOf } from './own-account.ts'
import { demandRight } from './rights.ts'
import { showAccount } from './show-account.ts'

/** What an account is on, what it has paid and will pay. */
const billingView = z.object({
  account: accountView,
  /** Those there are, in the order of the configuration. */
  plans: z.array(planView),
  month: spendingView,
  /** All that were issued, the oldest first. */
  invoices: z.array(invoiceView),
  /** What became of those that were handed over. */
  payments: z.array(paymentView),
  /** Prepaid credit, that which has ended too. */
  grants: z.array(grantView),
})

/**
 * All of an account's billing at once: its plan, what the month comes to, its invoices, payments and credit. Of an operator who
 * names none, of the default account.
 */
export const showBilling = operation({
  right: 'invoices.read',
  input: z.strictObject({ account: id.optional() }),
  output: billingView,
  async run(parts, { account: asked }, actor) {
    demandRight(actor, 'usage.read')
    const account = (await accountOf(parts, actor, asked)).record.id
    const [shown, plans, month, invoices, payments, grants] = await Promise.all([
      showAccount(parts, actor, { id: account }),
      listPlans(parts, actor, {}),
      spendingOfMonth(parts, account),
      listInvoices(parts, actor, { account }),
      listPayments(parts, actor, { account }),
      listGrants(parts, actor, { account }),
    ])
    return { account: shown, plans, month, invoices, payments, grants }
  },
})
