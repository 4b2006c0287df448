import type { Clock, Random } from '@speka/core'
import type { Budgets, HealthBook, Notices, OnRefused, RoutingTable } from '@speka/core/internal'
import type { AlertConfig } from '../config/alert-schema.ts'
import type { Alerts, NewAlert } from '../store/alerts.ts'
import type { Refusals } from '../store/refusals.ts'
import type { Ledger } from '../store/store.ts'
import { alertRulesOf, type Webhook } from './alert-rules.ts'
import { CountRefusals } from './count-refusals.ts'
import { GATEWAY_LOOK_MS, GatewayWatch } from './gateway-watch.ts'
import { LIMIT_LOOK_MS, LimitWatch } from './limit-watch.ts'
import { Outbox } from './outbox.ts'
import type { SendWebhook } from './send-webhook.ts'
import { VELOCITY_LOOK_MS, VelocityWatch } from './velocity-watch.ts'
import { Watch } from './watch.ts'

/** How often what was kept long enough is forgotten, in ms. */
const TIDY_MS = 3_600_000

export interface AlertParts {
  readonly store: {
    readonly alerts: Alerts
    readonly refusals: Refusals
    readonly ledger: Pick<Ledger, 'totals'>
    readonly budgets: Pick<Budgets, 'standing'>
  }
  readonly health: Pick<HealthBook, 'targets'>
  /** The providers of the configuration in force. */
  readonly providers: () => RoutingTable['providers']
  readonly clock: Clock
  readonly random: Random
  readonly send: SendWebhook
  /** Tells this process from all others. */
  readonly processId: string
  /** Told why something could not be noticed, kept or sent. What is tried again is tried again all the same. */
  readonly onTrouble: (trouble: string, fields: Readonly<Record<string, unknown>>) => void
}

/** Alerts of this process: what is noticed, and what is sent of it. */
export interface OpenAlerts {
  /** What limits tell of. */
  readonly notices: Notices
  /** Counts what limits refuse. */
  readonly onRefused: OnRefused
  /** Keeps an alert of payments, made for whom it is to be sent to, unless nobody wants any. */
  tellOfPayment(make: (to: readonly Webhook[]) => NewAlert): Promise<void>
  /** What is worth an alert from now on. Where there is nothing, nothing is watched. */
  configure(alerts: readonly AlertConfig[]): void
  /** Notices what has happened by now, and stops. What is not sent yet is sent by the next life, or by another process. */
  close(): Promise<void>
}

export function openAlerts(parts: AlertParts): OpenAlerts {
  const { store, clock, onTrouble } = parts
  const outbox = new Outbox({ ...parts, alerts: store.alerts })
  const raise = async (alert: NewAlert): Promise<void> => {
    if (await store.alerts.raise(alert)) outbox.look()
  }
  const limits = new LimitWatch({ budgets: store.budgets, raise, clock })
  const gateway = new GatewayWatch({ ...parts, alerts: store.alerts, raise })
  const velocity = new VelocityWatch({ ...parts, ...store, raise })

  const failed = (error: unknown): void =>
    onTrouble('what alerts are about cannot be told at the moment', {
      cause: causeOf(error),
    })
  const counts = new CountRefusals({
    refusals: store.refusals,
    clock,
    onTrouble: (error) =>
      onTrouble('what limits refuse cannot be written at the moment, and is kept in memory', { cause: causeOf(error) }),
  })
  let ofPayments: readonly Webhook[] | undefined
  const watch = (everyMs: number, look: () => Promise<void>): Watch => new Watch(clock, everyMs, look, failed)
  const watches = {
    limits: watch(LIMIT_LOOK_MS, () => limits.look()),
    gateway: watch(GATEWAY_LOOK_MS, () => gateway.look()),
    velocity: watch(VELOCITY_LOOK_MS, () => velocity.look()),
    tidy: watch(TIDY_MS, () => store.alerts.tidy(clock.now())),
  }

  return {
    notices: limits,
    onRefused: (call, applied) => counts.count(call, applied),
    async tellOfPayment(make) {
      if (ofPayments !== undefined) await raise(make(ofPayments))
    },
    configure(alerts) {
      const rules = alertRulesOf(alerts)
      ofPayments = rules.paymentFailed
      for (const part of [limits, gateway, velocity]) part.configure(rules)
      outbox.configure(rules.webhooks)
      watches.limits.run(rules.thresholds.size > 0)
      watches.gateway.run(rules.keyRefused !== undefined || rules.targetDown !== undefined)
      watches.velocity.run(rules.velocities.size > 0)
      watches.tidy.run(alerts.length > 0)
    },
    async close() {
      await Promise.all(Object.values(watches).map((each) => each.stop()))
      await limits.look(true).catch(failed)
      await outbox.close()
      await counts.close()
    },
  }
}

const causeOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
