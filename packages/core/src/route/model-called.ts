import { mayUse, type Access } from './find-callable.ts'
import type { RoutingTable } from './routing-table.ts'

/** How upstreams name the day of a model behind its name: `gpt-5.4-2026-03-05`. */
const DAY = /^-\d{4}-\d{2}-\d{2}$/

/**
 * What a caller calls a model that a provider names in its answer.
 *
 * @returns the provider's own name where nothing in the table has it, as with models that a glob makes callable.
 */
export function modelCalled(name: string, provider: string, table: RoutingTable, access: Access): string {
  const isIt = (upstreamModel: string): boolean =>
    name === upstreamModel || (name.startsWith(upstreamModel) && DAY.test(name.slice(upstreamModel.length)))
  const found = table.models.filter(({ targets }) =>
    targets.some((target) => target.provider === provider && isIt(target.upstreamModel)),
  )
  const [first] = found
  return (found.find(({ model }) => mayUse(access, model.id)) ?? first)?.model.id ?? name
}
