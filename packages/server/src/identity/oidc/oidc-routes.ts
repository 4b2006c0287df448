import { SpekaError } from '@speka/core'
import { toSpekaError } from '@speka/core/internal'
import type { Visit } from '../../http/exchange.ts'
import { hostnameOf } from '../../http/known-host.ts'
import { segmentsOf } from '../../http/router.ts'
import { demandFeature } from '../../operations/features.ts'
import { pageHeaders } from '../../site/page-headers.ts'
import type { SignInProvider } from '../../site/sign-in-provider.ts'
import type { SiteParts } from '../../site/site-parts.ts'
import { backPath } from '../../http/back-path.ts'
import { openMemberSession, openOperatorSession, type OpenedSession } from '../sessions.ts'
import { admitMember } from './admit-member.ts'
import { admitOperator } from './admit-operator.ts'
import { begunIn, clearBegun, setBegun, type BegunAt } from './begun-cookie.ts'
import { respondTrouble } from './respond-trouble.ts'

export const OIDC_PATH = '/auth/oidc/{name}'
export const OIDC_CALLBACK_PATH = '/auth/oidc/{name}/callback'

/** Where whoever has signed in is sent, unless he came from another page of ours. */
const HOME = '/console'

/** `GET /auth/oidc/{name}`: sends the browser to a provider. */
export const beginOidc =
  (parts: SiteParts) =>
  async (visit: Visit): Promise<void> => {
    try {
      const provider = providerOf(parts, visit, OIDC_PATH)
      const origin = originOf(parts, visit)
      const at = begunAt(parts, provider, origin)
      const { url, begun } = await provider.begin(`${origin}/auth/oidc/${at.provider}/callback`)
      const { pepper, now } = parts.operations
      const back = backPath(visit.query.get('back'))
      redirect(visit, url, [setBegun(at, { ...begun, back }, await pepper(), now())])
    } catch (error) {
      tell(parts, visit, error)
    }
  }

/** `GET /auth/oidc/{name}/callback`: whoever comes back from a provider is signed in, or told why not. */
export const finishOidc =
  (parts: SiteParts) =>
  async (visit: Visit): Promise<void> => {
    let cleared: string[] = []
    try {
      const provider = providerOf(parts, visit, OIDC_CALLBACK_PATH)
      const at = begunAt(parts, provider, originOf(parts, visit))
      const { pepper, now } = parts.operations
      const begun = begunIn(visit.request, at, await pepper(), now())
      if (begun === undefined)
        throw new SpekaError(
          'invalid_request',
          'This sign-in was not begun in this browser, was finished already, or was begun more than ten minutes ago. Sign in again.',
        )
      cleared = [clearBegun(at)]
      const person = await provider.finish(visit.query, begun)
      const { cookie } = await admit(parts, visit, provider, person)
      redirect(visit, begun.back ?? HOME, [...cleared, cookie])
    } catch (error) {
      tell(parts, visit, error, cleared)
    }
  }

/** On the operator's listener by his group alone, and on the gateway's members alone. */
async function admit(
  parts: SiteParts,
  { request }: Visit,
  { settings }: SignInProvider,
  person: Awaited<ReturnType<SignInProvider['finish']>>,
): Promise<OpenedSession> {
  const { store, now } = parts.operations
  const at = { registry: store.registry, now: now() }
  if (parts.listener === 'admin')
    return openOperatorSession(parts, request.headers.host, 'oidc', await admitOperator(settings, person, at))
  // Before anything is made or changed for him. The operator's own way in depends on nobody's plan.
  const { account } = settings
  await demandFeature(parts.operations, { kind: 'account', account, role: 'viewer', by: 'tok_' }, 'sso')
  return openMemberSession(parts, await admitMember(settings, person, at), 'oidc')
}

function providerOf(parts: SiteParts, { path }: Visit, template: string): SignInProvider {
  const name = segmentsOf(template, path)?.['name'] ?? ''
  const provider = parts.providers?.(name)
  const isForHere = parts.listener === 'gateway' || provider?.settings.operatorGroup !== undefined
  if (provider !== undefined && isForHere) return provider
  throw new SpekaError('unknown_url', 'Nobody signs in here by a provider of that name. Look at identity.oidc.')
}

/** Where the browser is. Its host is one of ours, as is looked at before. */
function originOf({ listener, site }: SiteParts, { request }: Visit): string {
  const { publicUrl } = site()
  const { host } = request.headers
  if (publicUrl !== undefined && (listener === 'gateway' || hostnameOf(host) === new URL(publicUrl).hostname))
    return listener === 'gateway' ? publicUrl : `${new URL(publicUrl).protocol}//${host}`
  return `http://${host}`
}

const begunAt = ({ listener }: SiteParts, { settings }: SignInProvider, origin: string): BegunAt => ({
  provider: settings.name,
  listener,
  isSecure: origin.startsWith('https:'),
})

function redirect({ id, request, response }: Visit, to: string, cookies: readonly string[]): void {
  response.writeHead(303, {
    ...pageHeaders(),
    location: to,
    'x-request-id': id,
    'cache-control': 'no-store',
    'set-cookie': [...cookies],
  })
  response.end()
  request.resume()
}

function tell(parts: SiteParts, visit: Visit, thrown: unknown, cookies: readonly string[] = []): void {
  const error = toSpekaError(thrown)
  const isOurs = error.code === 'internal_error' || error.code === 'identity_unavailable'
  if (isOurs) parts.tellFault?.(visit.id, error)
  respondTrouble(visit, error, cookies)
}
