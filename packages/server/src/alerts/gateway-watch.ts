import type { HealthBook, RoutingTable } from '@speka/core/internal'
import type { Alerts, NewAlert } from '../store/alerts.ts'
import {
  keyOccasion,
  keyRefused,
  targetDown,
  targetOccasion,
  targetUp,
  type KeyPlace,
  type TargetPlace,
} from './alert-events.ts'
import type { AlertRules } from './alert-rules.ts'

/** How often to look, in ms. What fails is left alone for longer than that, so it is seen. */
export const GATEWAY_LOOK_MS = 1000

/** Its faults are asked for. */
const SANDBOX = 'sandbox'

export interface GatewayWatchParts {
  readonly alerts: Pick<Alerts, 'end' | 'occasions'>
  readonly raise: (alert: NewAlert) => Promise<void>
  readonly health: Pick<HealthBook, 'targets'>
  /** The providers of the configuration in force. */
  readonly providers: () => RoutingTable['providers']
  readonly clock: { now(): number }
}

/** Notices that a target is down, or up again, and that a provider refuses a key: as far as this process has tried. */
export class GatewayWatch {
  readonly #parts: GatewayWatchParts
  /** What has been told and is not over, by whichever process, in this life or one before. */
  #told: Set<string> | undefined
  #rules: Pick<AlertRules, 'keyRefused' | 'targetDown'> = { keyRefused: undefined, targetDown: undefined }

  constructor(parts: GatewayWatchParts) {
    this.#parts = parts
  }

  configure(rules: AlertRules): void {
    this.#rules = rules
  }

  async look(): Promise<void> {
    this.#told ??= new Set(await this.#parts.alerts.occasions(['target.down', 'provider_key.refused']))
    await this.#lookAtTargets(this.#told)
    await this.#lookAtKeys(this.#told)
  }

  async #lookAtTargets(told: Set<string>): Promise<void> {
    const { health, raise, clock } = this.#parts
    const { targetDown: to } = this.#rules
    if (to === undefined) return
    for (const { provider, upstreamModel, health: target } of health.targets()) {
      if (!target.isDown && told.size === 0) continue
      const place: TargetPlace = { provider, upstreamModel }
      const occasion = targetOccasion(place)
      if (target.isDown && !told.has(occasion) && provider !== SANDBOX) {
        await raise(targetDown(place, clock.now(), to))
        told.add(occasion)
      } else if (told.has(occasion) && target.hasAnswered && !target.isDown) {
        await raise(targetUp(place, clock.now(), to))
        told.delete(occasion)
      }
    }
  }

  async #lookAtKeys(told: Set<string>): Promise<void> {
    const { providers, raise, alerts, clock } = this.#parts
    const { keyRefused: to } = this.#rules
    if (to === undefined) return
    for (const { name, keys } of providers()) {
      for (const [index, { state }] of keys.entries()) {
        const place: KeyPlace = { provider: name, position: index + 1 }
        const occasion = keyOccasion(place)
        if (state === 'refused' && !told.has(occasion)) {
          await raise(keyRefused(place, clock.now(), to))
          told.add(occasion)
        } else if (state === 'works' && told.has(occasion)) {
          await alerts.end(occasion, clock.now())
          told.delete(occasion)
        }
      }
    }
  }
}
