import { picoUsd, type PicoUsd } from '@speka/core'
import type { GrantRecord } from '../store/records.ts'
import type { GrantLeft, UsageSpan } from './invoice-facts.ts'

/** What a month's usage is paid by. */
export interface Spending {
  /** What of it the allowance pays for. */
  readonly ofAllowance: PicoUsd
  /** What of it each grant pays for: those that something is spent of, in the order of spending. */
  readonly ofGrants: readonly { readonly grant: GrantRecord; readonly spent: PicoUsd; readonly left: PicoUsd }[]
  /** What corrections have taken back beyond all that was used. */
  readonly inFavour: PicoUsd
}

/** What is there to pay with, and for what. */
export interface ToSpend {
  readonly allowance: PicoUsd
  readonly grants: readonly GrantLeft[]
  /** Cut at each moment at which a grant begins or ends; the oldest first. */
  readonly spans: readonly UsageSpan[]
  /** Late usage and corrections of usage: they count at the beginning of the month, and may be below zero. */
  readonly atStart: PicoUsd
}

/**
 * Pays for a month's usage: first by the allowance, then by the grants in force when it was used, those of the lowest priority
 * number first, then those that expire first. What is left is for the buyer to pay. Usage below zero lowers what was used after
 * it; when the whole month's is, nothing is paid for.
 */
export function spend({ allowance, grants, spans, atStart }: ToSpend): Spending {
  const inOrder = grants.toSorted((one, other) => bySpending(one.grant, other.grant))
  const left = new Map(inOrder.map((one) => [one.grant.id, one.left > 0n ? one.left : 0n]))
  let ofAllowance = 0n
  // Never above zero behind a span: what nobody pays for is the buyer's.
  let carried: bigint = atStart
  for (const span of spans) {
    const used = span.charge + carried
    carried = least(used, 0n)
    let unpaid = used - carried
    const byAllowance = least(unpaid, allowance - ofAllowance)
    ofAllowance += byAllowance
    unpaid -= byAllowance
    for (const { grant } of inOrder) {
      if (!isInForce(grant, span)) continue
      const has = left.get(grant.id) ?? 0n
      const byGrant = least(unpaid, has)
      left.set(grant.id, has - byGrant)
      unpaid -= byGrant
    }
  }
  const ofGrants = inOrder.flatMap((one) => {
    const now = left.get(one.grant.id) ?? 0n
    const spent = one.left - now
    return spent > 0n ? [{ grant: one.grant, spent: picoUsd(spent), left: picoUsd(now) }] : []
  })
  return { ofAllowance: picoUsd(ofAllowance), ofGrants, inFavour: picoUsd(-carried) }
}

/** From when until before when something can be spent of a grant, in ms since the epoch. */
export function forceOf({ from, expiresAt = Infinity, revokedAt = Infinity }: GrantRecord): UsageTime {
  return { from, until: Math.min(expiresAt, revokedAt) }
}

interface UsageTime {
  readonly from: number
  readonly until: number
}

const isInForce = (grant: GrantRecord, span: UsageTime): boolean => {
  const { from, until } = forceOf(grant)
  return from <= span.from && span.until <= until
}

/** Which of two grants is spent first: the one with the lower priority number, the one that expires first, the older one. */
export const bySpending = (one: GrantRecord, other: GrantRecord): number =>
  one.priority - other.priority ||
  compare(one.expiresAt ?? Infinity, other.expiresAt ?? Infinity) ||
  one.createdAt - other.createdAt ||
  compare(one.id, other.id)

const compare = <T extends number | string>(one: T, other: T): number => (one === other ? 0 : one < other ? -1 : 1)

const least = (one: bigint, other: bigint): bigint => (one < other ? one : other)
