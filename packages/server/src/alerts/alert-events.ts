import { formatUsd, type PicoUsd } from '@speka/core'
import { mintRequestId, type Budget } from '@speka/core/internal'
import { KEPT_MS, type AlertKind, type NewAlert } from '../store/alerts.ts'
import type { Webhook } from './alert-rules.ts'

/** What every alert is made of, whatever it tells of. */
interface Draft {
  readonly kind: AlertKind
  readonly at: number
  readonly account?: string | undefined
  readonly data: Readonly<Record<string, unknown>>
  readonly occasion?: string | undefined
  readonly ends?: string | undefined
  readonly keepUntil?: number | undefined
  readonly to: readonly Webhook[]
}

function alertOf({ kind, at, account, data, to, ...rest }: Draft): NewAlert {
  const id = `alert_${mintRequestId(at)}`
  const body = JSON.stringify({ id, type: kind, timestamp: new Date(at).toISOString(), data })
  return {
    ...rest,
    id,
    kind,
    at,
    account,
    body,
    endpoints: to.map(({ id: endpoint, host }) => ({ id: endpoint, host })),
  }
}

/** A limit on money has reached a percentage of its cap: once in each of its windows, and once more when the cap is another. */
export function thresholdReached(
  {
    budget,
    percent,
    spent,
    refused,
  }: {
    readonly budget: Budget
    readonly percent: number
    readonly spent: PicoUsd
    /** Whether it counts as reached since a request was refused: what is left is too little to go on. */
    readonly refused: boolean
  },
  at: number,
  to: readonly Webhook[],
): NewAlert {
  const { applied, cap, startsAt, endsAt, id } = budget
  const { limit, subjectId } = applied
  const { account, kind } = limit.subject
  return alertOf({
    kind: 'limit.threshold_reached',
    at,
    account,
    occasion: `limit ${id} ${cap} ${percent}`,
    // A lifetime does not end: what it was told must not be forgotten.
    keepUntil: endsAt === Infinity ? undefined : Math.max(endsAt, at + KEPT_MS),
    data: {
      account,
      percent,
      spent_usd: formatUsd(spent),
      limit_usd: formatUsd(cap),
      refused,
      limit: {
        id: limit.id,
        subject: { kind, id: subjectId },
        models: limit.models ?? null,
        window: limit.rule.window,
        on_reached: limit.onReached,
      },
      window_starts_at: limit.rule.window === 'lifetime' ? null : new Date(startsAt).toISOString(),
      resets_at: endsAt === Infinity ? null : new Date(endsAt).toISOString(),
    },
    to,
  })
}

/** An account spends so many times as much as it usually does: once a day, in UTC. */
export function velocityExceeded(
  {
    account,
    hourStartsAt,
    spent,
    usual,
    hundredths,
  }: {
    readonly account: string
    readonly hourStartsAt: number
    readonly spent: PicoUsd
    readonly usual: PicoUsd
    readonly hundredths: number
  },
  at: number,
  to: readonly Webhook[],
): NewAlert {
  return alertOf({
    kind: 'spend.velocity_exceeded',
    at,
    account,
    occasion: `velocity ${account} ${hundredths} ${new Date(at).toISOString().slice(0, 10)}`,
    keepUntil: at + KEPT_MS,
    data: {
      account,
      times: hundredths / 100,
      hour_starts_at: new Date(hourStartsAt).toISOString(),
      spent_usd: formatUsd(spent),
      usual_usd: formatUsd(usual),
    },
    to,
  })
}

export interface KeyPlace {
  readonly provider: string
  /** Which of the provider's keys, from 1 in the order of the configuration. */
  readonly position: number
}

export const keyOccasion = ({ provider, position }: KeyPlace): string => `key ${position} ${provider}`

/** A provider has refused a key: once, until it takes that key again or another stands in its place. */
export const keyRefused = (place: KeyPlace, at: number, to: readonly Webhook[]): NewAlert =>
  alertOf({
    kind: 'provider_key.refused',
    at,
    occasion: keyOccasion(place),
    data: { provider: place.provider, position: place.position },
    to,
  })

export interface TargetPlace {
  readonly provider: string
  readonly upstreamModel: string
}

export const targetOccasion = ({ provider, upstreamModel }: TargetPlace): string =>
  `target ${JSON.stringify([provider, upstreamModel])}`

const targetData = ({ provider, upstreamModel }: TargetPlace) => ({ provider, upstream_model: upstreamModel })

/** Requests are kept away from a target, since it failed: once, until it has answered again. */
export const targetDown = (place: TargetPlace, at: number, to: readonly Webhook[]): NewAlert =>
  alertOf({ kind: 'target.down', at, occasion: targetOccasion(place), data: targetData(place), to })

/** A target that was down has answered. */
export const targetUp = (place: TargetPlace, at: number, to: readonly Webhook[]): NewAlert =>
  alertOf({
    kind: 'target.up',
    at,
    ends: targetOccasion(place),
    keepUntil: at + KEPT_MS,
    data: targetData(place),
    to,
  })

/** An invoice, and whose it is. */
export interface InvoicePlace {
  readonly account: string
  readonly invoice: string
  readonly usd: string
}

const paymentOccasion = (invoice: string): string => `payment ${invoice}`
const invoiceData = ({ account, invoice, usd }: InvoicePlace) => ({ account, invoice, total_usd: usd })

/** An invoice could not be paid, or its payment is disputed: once, until it is paid. */
export const paymentFailed = (
  place: InvoicePlace & {
    readonly isDisputed: boolean
    /** From when the account is suspended unless it pays; `undefined`: it is already, or never is. */
    readonly suspendedAt: number | undefined
  },
  at: number,
  to: readonly Webhook[],
): NewAlert =>
  alertOf({
    kind: 'payment.failed',
    at,
    account: place.account,
    occasion: paymentOccasion(place.invoice),
    data: {
      ...invoiceData(place),
      disputed: place.isDisputed,
      suspended_at: place.suspendedAt === undefined ? null : new Date(place.suspendedAt).toISOString(),
    },
    to,
  })

/** An invoice that could not be paid is paid, or need not be any more. */
export const paymentSettled = (place: InvoicePlace, at: number, to: readonly Webhook[]): NewAlert =>
  alertOf({
    kind: 'payment.settled',
    at,
    account: place.account,
    ends: paymentOccasion(place.invoice),
    keepUntil: at + KEPT_MS,
    data: invoiceData(place),
    to,
  })

const suspensionOccasion = (account: string): string => `unpaid ${account}`

/** An account is suspended since an invoice stayed unpaid for too long: once, until it is resumed by paying. */
export const suspendedUnpaid = (place: InvoicePlace, at: number, to: readonly Webhook[]): NewAlert =>
  alertOf({
    kind: 'account.suspended_unpaid',
    at,
    account: place.account,
    occasion: suspensionOccasion(place.account),
    data: invoiceData(place),
    to,
  })

/** An account that was suspended since it had not paid has paid, and works again. */
export const resumedPaid = (account: string, at: number, to: readonly Webhook[]): NewAlert =>
  alertOf({
    kind: 'account.resumed_paid',
    at,
    account,
    ends: suspensionOccasion(account),
    keepUntil: at + KEPT_MS,
    data: { account },
    to,
  })
