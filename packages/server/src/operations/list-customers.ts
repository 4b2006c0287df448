import { z } from 'zod'
import type { LimitRecord } from '../store/records.ts'
import type { UsageTotals } from '../store/store.ts'
import { id, moment, whole } from './fields.ts'
import { limitView, viewLimits } from './limit-view.ts'
import { operation, type OperationParts } from './operation.ts'
import { accountToList } from './own-account.ts'
import { usageSums, viewSums } from './usage-sums.ts'

/** How many are shown unless more or fewer are asked for. */
const USUAL = 100

/** Whoever requests were made for, what that cost, and what limits it. */
export const customerView = usageSums.extend({
  account: z.string(),
  /** As it was said with the requests. */
  customer: z.string(),
  /** Those in force for it: its own, with where they stand, and those that each customer has for itself. */
  limits: z.array(
    limitView.pick({ id: true, kind: true, limit: true, window: true, spent_usd: true, left_usd: true }).extend({
      /** Whether each customer has it for itself. */
      each: z.boolean(),
    }),
  ),
})

export type CustomerView = z.output<typeof customerView>

/** The customers that cost most. The last thirty days, unless another time is asked for. */
export const listCustomers = operation({
  right: 'usage.read',
  input: z.strictObject({
    account: id.optional(),
    /** Only what arrived at this moment or later. Default: 30 days ago, at the beginning of that day. */
    since: moment.optional(),
    /** Only what arrived before this moment. */
    until: moment.optional(),
    /** How many, from 1 to 1000. Default: 100. */
    limit: whole(1, 1000).optional(),
  }),
  output: z.array(customerView),
  async run(parts, { account: asked, since, until, limit = USUAL }, actor): Promise<CustomerView[]> {
    const account = await accountToList(parts, actor, asked)
    const from = since ?? beginOfDay(parts.now() - USUAL_MS)
    const totals = await parts.store.ledger.totals({
      by: ['account', 'customer'],
      account,
      since: from,
      until,
      most: parts.mostGroups,
    })
    const top = totals
      .filter(({ groups }) => groups?.[1] !== undefined)
      .toSorted((a, b) => Number(b.charge > a.charge) - Number(a.charge > b.charge) || b.requests - a.requests)
      .slice(0, limit)
    const limitsOf = await limitsOfCustomers(parts, account)
    return top.map((one) => ({
      ...namesOf(one),
      ...viewSums(one, { cost: actor.kind === 'operator' }),
      limits: limitsOf(namesOf(one)),
    }))
  },
})

const DAY_MS = 86_400_000
const USUAL_MS = 30 * DAY_MS

const beginOfDay = (ms: number): number => Math.floor(ms / DAY_MS) * DAY_MS

interface Named {
  readonly account: string
  readonly customer: string
}

const namesOf = ({ groups = [] }: UsageTotals): Named => ({ account: groups[0] ?? '', customer: groups[1] ?? '' })

async function limitsOfCustomers(
  parts: Pick<OperationParts, 'store' | 'now'>,
  account: string | undefined,
): Promise<(named: Named) => CustomerView['limits']> {
  const kept = await parts.store.registry.list('limit', { account })
  const ofCustomers = kept.filter(({ record }) => isInForce(record))
  const views = await viewLimits(parts, ofCustomers)
  return (named) =>
    views
      .filter(({ account, subject }) => account === named.account && (subject.id ?? named.customer) === named.customer)
      .map(({ id, kind, limit, window, spent_usd, left_usd, subject }) => {
        return { id, kind, limit, window, spent_usd, left_usd, each: subject.id === null }
      })
      // Its own before those for each.
      .toSorted((a, b) => Number(a.each) - Number(b.each))
}

const isInForce = ({ subject, removedAt }: LimitRecord): boolean =>
  subject.kind === 'customer' && removedAt === undefined
