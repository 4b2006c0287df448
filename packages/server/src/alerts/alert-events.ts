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
