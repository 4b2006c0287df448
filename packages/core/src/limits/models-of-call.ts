import type { RoutingConfig } from '../config.ts'
import type { Call } from '../operations/call.ts'
import { suffixes } from '../route/route-preferences.ts'
import type { RoutingTable } from '../route/routing-table.ts'

/**
 * The ids of the models that may answer a call, the one asked for first: as the request and the configuration name them for
 * whatever goes wrong. One that nobody knows goes by what it was called.
 */
export function modelsOfCall({ outline }: Call, table: RoutingTable, routing: RoutingConfig = {}): readonly string[] {
  const asked = idOf(outline.model, table)
  const lists = [routing.fallbacks, routing.context_window_fallbacks, routing.content_policy_fallbacks]
  const configured = lists.flatMap((named = {}) => {
    const key = [outline.model, asked, '*'].find((name) => Object.hasOwn(named, name))
    return key === undefined ? [] : (named[key] ?? [])
  })
  const others = [...(outline.models ?? []), ...configured]
  return others.length === 0 ? [asked] : [...new Set([asked, ...others.map((name) => idOf(name, table))])]
}

function idOf(name: string, table: RoutingTable): string {
  const colon = name.lastIndexOf(':')
  const isSuffixed = colon > 0 && suffixes[name.slice(colon)] !== undefined && !table.has(name)
  const bare = isSuffixed ? name.slice(0, colon) : name
  return table.find(bare)?.model.id ?? bare
}
