import { createHash } from 'node:crypto'
import type { AlertConfig } from '../config/alert-schema.ts'
import type { Endpoint } from '../store/alerts.ts'

/** Where alerts are sent, as the configuration has it. */
export interface Webhook extends Endpoint {
  readonly url: string
  /** Each signs. None: nothing is signed. */
  readonly secrets: readonly string[]
}

/** Which things are worth an alert, and whom each is sent to. */
export interface AlertRules {
  /** By percent of a limit, ascending. */
  readonly thresholds: ReadonlyMap<number, readonly Webhook[]>
  /** By how many times the usual is spent, in hundredths. */
  readonly velocities: ReadonlyMap<number, readonly Webhook[]>
  /** `undefined`: nobody wants to know. */
  readonly keyRefused: readonly Webhook[] | undefined
  readonly targetDown: readonly Webhook[] | undefined
  readonly paymentFailed: readonly Webhook[] | undefined
  readonly webhooks: ReadonlyMap<string, Webhook>
}

/** What a configuration says of alerts, by what happens. */
export function alertRulesOf(alerts: readonly AlertConfig[]): AlertRules {
  const rules = alerts.map(({ when, webhook, secret = [] }) => ({
    when,
    to: webhook === undefined ? [] : [webhookAt(webhook, typeof secret === 'string' ? [secret] : secret)],
  }))
  const wantedBy = (wants: (when: AlertConfig['when']) => boolean | undefined): readonly Webhook[] | undefined => {
    const those = rules.filter(({ when }) => wants(when) === true)
    return those.length === 0 ? undefined : once(those.flatMap(({ to }) => to))
  }
  const by = (valuesOf: (when: AlertConfig['when']) => readonly number[]): Map<number, readonly Webhook[]> => {
    const values = [...new Set(rules.flatMap(({ when }) => valuesOf(when)))].toSorted((one, other) => one - other)
    return new Map(values.map((value) => [value, wantedBy((when) => valuesOf(when).includes(value)) ?? []]))
  }
  return {
    thresholds: by((when) => when.spend_of_limit ?? []),
    velocities: by((when) => (when.spend_velocity === undefined ? [] : [inHundredths(when.spend_velocity)])),
    keyRefused: wantedBy((when) => when.provider_key_refused),
    targetDown: wantedBy((when) => when.target_down),
    paymentFailed: wantedBy((when) => when.payment_failed),
    webhooks: new Map(rules.flatMap(({ to }) => to).map((webhook) => [webhook.id, webhook])),
  }
}

const webhookAt = (url: string, secrets: readonly string[]): Webhook => ({
  id: createHash('sha256').update(url).digest('hex').slice(0, 16),
  host: new URL(url).host,
  url,
  secrets,
})

const once = (webhooks: readonly Webhook[]): Webhook[] => [...new Map(webhooks.map((each) => [each.id, each])).values()]

/** `2.5x` is 250. */
const inHundredths = (factor: string): number => Math.round(Number(factor.slice(0, -1)) * 100)
