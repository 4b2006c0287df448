import { toSpekaError } from '@speka/core/internal'
import { SpekaError } from '@speka/core'
import type { Actor } from '../actor.ts'
import type { Visit } from '../http/exchange.ts'
import { demandKnownHost } from '../http/known-host.ts'
import { respondProblem } from '../http/respond-problem.ts'
import type { Route, Router } from '../http/router.ts'
import { strictTransport } from '../http/strict-transport.ts'
import type { SiteParts } from '../site/site-parts.ts'
import { withoutFile } from '../store/without-file.ts'
import { callerOf, isStillIn } from './caller.ts'
import { demandAccess, type CallerAccess } from './demand-access.ts'
import { isScimPath, respondScimError } from './scim/respond-scim.ts'

/** Who may call what is beside `/v1`: anyone, or who has shown who he is. */
export type SiteAccess = 'public' | CallerAccess

/**
 * The walk of a request for a page, or of the management API, on either listener: find the route, find out who asks, hold him
 * to what the route wants, handle. Who may not come in is not told what there is.
 */
export async function serveSite(visit: Visit, router: Router<SiteAccess>, parts: SiteParts): Promise<void> {
  const { id, request, response, path } = visit
  let asking: Actor | undefined
  // The operator's listener has another port, and what a browser keeps goes for all of them.
  const strict = parts.listener === 'gateway' ? strictTransport(request, parts.site().publicUrl) : undefined
  if (strict !== undefined) response.setHeader('strict-transport-security', strict)
  try {
    const route = routeOf(router, request.method ?? '', path)
    if (!SpekaError.is(route) && route.access === 'public') {
      demandKnownHost(request, { host: parts.host, publicUrl: parts.site().publicUrl })
      await route.handle(visit)
      return
    }
    const actor = await callerOf(request, parts)
    asking = actor
    if (SpekaError.is(route)) throw route
    demandAccess(actor, route.access)
    await route.handle({ ...visit, actor, isStillIn: () => isStillIn(actor, parts) })
  } catch (thrown) {
    const error = toSpekaError(thrown)
    if (error.code === 'internal_error') parts.tellFault?.(id, error)
    if (error.code === 'invalid_api_key') response.setHeader('www-authenticate', 'Bearer')
    if (error.code === 'method_not_allowed') response.setHeader('allow', router.methods(path))
    const respond = isScimPath(path) ? respondScimError : respondProblem
    respond(response, id, asking?.kind === 'operator' ? error : forOthers(error))
  } finally {
    // What nobody has read.
    request.resume()
  }
}

function routeOf(router: Router<SiteAccess>, method: string, path: string): Route<SiteAccess> | SpekaError {
  try {
    return router.find(method, path)
  } catch (error) {
    if (SpekaError.is(error)) return error
    throw error
  }
}

/** Where the store is, and what is wrong with it, is the operator's affair. */
const forOthers = (error: SpekaError): SpekaError => (error.code === 'storage_unavailable' ? withoutFile(error) : error)

/** A path, and what is asked there: a value of the query may hold a question mark. */
export function pathAndQuery(url: string): Pick<Visit, 'path' | 'query'> {
  const mark = url.indexOf('?')
  return mark === -1
    ? { path: url, query: new URLSearchParams() }
    : { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) }
}
