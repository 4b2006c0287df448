import { matchesGlob } from '@speka/core/internal'
import { z } from 'zod'
import type { Actor } from '../actor.ts'
import type { KeyRecord } from '../store/records.ts'
import { id, oneOf } from './fields.ts'
import { routingView, runningGateway, type RouteView, type RoutingView } from './gateway-view.ts'
import { operation, type OperationParts } from './operation.ts'
import { accountOf } from './own-account.ts'
import { isInUse } from './plans.ts'
import { demandRight } from './rights.ts'
import { playgroundKey, playgroundKeys } from './show-playground.ts'

/** Where requests go: for an operator all of it, for an account what its keys may use. */
export const showRouting = operation({
  right: 'models.read',
  input: z.strictObject({
    /** `keys`: with the keys that a request may be explained for. */
    include: oneOf(['keys']).optional(),
    /** Of which account those are. Default: one's own. */
    account: id.optional(),
  }),
  output: routingView.extend({ keys: z.array(playgroundKey).optional() }),
  async run(parts, { include, account }, actor) {
    if (include !== undefined) demandRight(actor, 'playground.use')
    if (account !== undefined) await accountOf(parts, actor, account)
    const routing = await routingOf(parts, actor)
    return include === undefined ? routing : { ...routing, keys: await playgroundKeys(parts, actor, account) }
  },
})

async function routingOf({ gateway, store, now }: OperationParts, actor: Actor): Promise<RoutingView> {
  const routing = await runningGateway(gateway).routing()
  if (actor.kind === 'operator') return routing
  const kept = await store.registry.list('key', { account: actor.account })
  return routingFor(
    kept.map(({ record }) => record).filter((key) => isInUse(key, now())),
    routing,
  )
}

/** The part of it that at least one of several keys may use; rules name what is others'. */
function routingFor(keys: readonly KeyRecord[], routing: RoutingView): RoutingView {
  const routes = routing.routes.flatMap((route): RouteView[] => {
    const targets = route.targets.filter((target) => keys.some((key) => reaches(key, route, target)))
    return targets.length === 0 ? [] : [{ ...route, targets: targets.map(withoutWeight), without_key: [] }]
  })
  const isSeen = (model: string): boolean =>
    routes.some((route) => route.model === model || route.aliases.includes(model) || matchesGlob(route.model, model))
  const own = (models: readonly string[]): string[] => models.filter(isSeen)
  return {
    ...routing,
    rules: null,
    routes: routes.map((route) => ({
      ...route,
      fallbacks: own(route.fallbacks),
      context_window_fallbacks: own(route.context_window_fallbacks),
      content_policy_fallbacks: own(route.content_policy_fallbacks),
    })),
  }
}

type TargetOfRoute = RouteView['targets'][number]

const withoutWeight = (target: TargetOfRoute): TargetOfRoute => ({ ...target, weight: null })

const reaches = ({ mode, limits }: KeyRecord, { model, endpoints }: RouteView, { provider, type }: TargetOfRoute) =>
  (mode === 'live' || type === 'sandbox') &&
  limits.models?.some((glob) => matchesGlob(glob, model)) !== false &&
  limits.providers?.includes(provider) !== false &&
  (limits.endpoints === undefined || endpoints.some((endpoint) => limits.endpoints?.includes(endpoint)))
