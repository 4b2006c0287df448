import type { RoutedModel, RoutingTable } from '@speka/core/internal'
import type { ProviderStates } from './page-facts.ts'

/**
 * How providers are, as this process has seen it: in numbers, and by no name.
 *
 * @param monotonic now, by the clock that breakers go by.
 */
export function providerStatesOf({ models, providers }: RoutingTable, monotonic: number): ProviderStates {
  const ready = providers.filter((provider) => provider.ready && provider.type !== 'sandbox')
  const down = (targets: RoutedModel['targets']): boolean =>
    targets.length > 0 && targets.every(({ health }) => health.state(monotonic) === 'open')
  const targets = models.flatMap((routed) => routed.targets)
  const failing = ready.filter(
    ({ name, isolated, keys }) =>
      isolated ||
      (keys.length > 0 && keys.every(({ state }) => state === 'refused')) ||
      down(targets.filter(({ provider }) => provider === name)),
  )
  const out = new Set(ready.filter(({ isolated }) => isolated).map(({ name }) => name))
  return {
    ready: ready.length,
    failing: failing.length,
    silent: models
      .filter(({ targets: own }) => own.length > 0 && (down(own) || own.every(({ provider }) => out.has(provider))))
      .map(({ model }) => model.id),
  }
}
