import { SpekaError } from '@speka/core'
import type { UsageGroup, UsageQuery } from './store.ts'

/** What customers' sums can be told apart by besides: they are kept by day, and of each day only these. */
const WITH_CUSTOMER: ReadonlySet<UsageGroup> = new Set(['customer', 'account', 'day'])

/** The groups of a query as a list. @throws SpekaError `invalid_value` for what is not kept together. */
export function groupsAsked({ by, customer, keyId, model, provider }: UsageQuery): readonly UsageGroup[] {
  const groups: readonly UsageGroup[] = typeof by === 'string' ? [by] : by
  if (new Set(groups).size < groups.length) throw refused('by', 'names a group twice')
  if (!groups.includes('customer') && customer === undefined) return groups
  const stray = groups.find((group) => !WITH_CUSTOMER.has(group))
  if (stray !== undefined) throw refused('by', `may have account and day beside customer, not ${stray}`)
  const filter = Object.entries({ key_id: keyId, model, provider }).find(([, value]) => value !== undefined)
  if (filter !== undefined) throw refused(filter[0], 'cannot be given together with customers')
  return groups
}

/**
 * What comes of a query whose groups are more than it can take.
 *
 * @throws SpekaError `invalid_value` with the param `by`
 */
export function demandFew({ most = Infinity }: UsageQuery, groups: number): void {
  if (groups <= most) return
  throw refused(
    'by',
    `gives ${groups} groups, and at most ${most} can be had at once: ask for a shorter time, or filter`,
  )
}

const refused = (param: string, why: string): SpekaError =>
  new SpekaError('invalid_value', `${param} ${why}.`, { param })

/** The order of groups: by code units, as a database that knows no language sorts, and what has no name first. */
export function compareGroups(a: readonly (string | undefined)[], b: readonly (string | undefined)[]): number {
  for (let index = 0; index < a.length; index += 1) {
    const order = compareNames(a[index], b[index])
    if (order !== 0) return order
  }
  return 0
}

/** The same of one name each. */
export function compareNames(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0
  if (a === undefined) return -1
  if (b === undefined) return 1
  return a < b ? -1 : 1
}
