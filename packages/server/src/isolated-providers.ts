import type { HealthBook } from '@speka/core/internal'
import type { AnyKept, Registry } from './store/registry.ts'

/** Which providers the operator has taken out: as the registry has it, and then with each change. */
export class IsolatedProviders {
  readonly #names = new Set<string>()
  readonly #health: HealthBook

  /** @param health what is told of it. */
  constructor(health: HealthBook) {
    this.#health = health
  }

  async read(registry: Registry): Promise<void> {
    this.take(await registry.list('provider'))
  }

  take(kept: readonly AnyKept[]): void {
    const providers = kept.filter((one) => one.kind === 'provider')
    if (providers.length === 0) return
    for (const { record } of providers) {
      if (record.isolated) this.#names.add(record.id)
      else this.#names.delete(record.id)
    }
    this.#health.isolate(this.#names)
  }
}
