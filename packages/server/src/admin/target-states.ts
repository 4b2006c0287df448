import type { RoutingTable } from '@speka/core/internal'
import type { TargetState } from '../telemetry/render-metrics.ts'

/** The circuit breaker of every target that is configured by name; `monotonic` in ms. */
export function targetStates({ models }: RoutingTable, monotonic: number): TargetState[] {
  return models.flatMap(({ model, targets }) =>
    targets.map(({ provider, health }) => ({ model: model.id, provider, state: health.state(monotonic) })),
  )
}
