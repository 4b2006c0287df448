import type { Socket } from 'node:net'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { SpekaError, type Clock, type OperationName, type RequestId } from '@speka/core/node'
import {
  IdSeal,
  keptQuestions,
  mintRequestId,
  operationNames,
  operations,
  toSpekaError,
  TurnQueue,
  writeAtOnce,
} from '@speka/core/internal'
import type { LiveConfig } from './config/live-config.ts'
import { completions } from './endpoints/completions.ts'
import { countTokens } from './endpoints/count-tokens.ts'
import { engineEndpoint, type Readers } from './endpoints/engine-endpoint.ts'
import { callsAsKey, type CallAsKey } from './endpoints/call-as-key.ts'
import { explain } from './endpoints/explain.ts'
import { showGeneration } from './endpoints/generation.ts'
import { alive, ready } from './endpoints/health.ts'
import { hello, HELLO_PATH } from './endpoints/hello.ts'
import { showKey, type CallLimits } from './endpoints/key.ts'
import { showMetrics } from './endpoints/metrics.ts'
import { listModels, oneModel } from './endpoints/models.ts'
import { messages } from './endpoints/messages.ts'
import { countResponseInput } from './endpoints/count-response-input.ts'
import { keptPaths, keptResponse } from './endpoints/kept-response.ts'
import { compaction, responses } from './endpoints/responses.ts'
import { STRIPE_WEBHOOK_PATH, takeStripeMessage } from './endpoints/stripe-webhook.ts'
import type { ResponderParts } from './http/answer-responder.ts'
import { ConnectionEnd, MOST_REQUESTS } from './http/connection-end.ts'
import { allowOrigin } from './http/cors.ts'
import type { AdminExchange, Exchange } from './http/exchange.ts'
import { guardRequest } from './http/guard-request.ts'
import { defaultHttpLimits, type HttpLimits } from './http/http-limits.ts'
import { InFlight } from './http/in-flight.ts'
import { KeepAlive } from './http/keep-alive.ts'
import { rejectBrokenRequest } from './http/reject-broken-request.ts'
import { respondError } from './http/respond.ts'
import type { CallerAccess } from './identity/demand-access.ts'
import { createRouter, type Access, type Listener, type Route, type Router } from './http/router.ts'
import { authorizationIn } from './keys/key-refusal.ts'
import type { KeyDirectory } from './keys/key-directory.ts'
import { LIVE_ANSWERS_PATH, showLiveAnswers } from './management/live-answers.ts'
import { LIVE_PATH, showLiveRequests } from './management/live-requests.ts'
import { ratesOfKey, type RatesOfKey } from './limits/rates-of-key.ts'
import { serveSite, pathAndQuery, type SiteAccess } from './identity/serve-site.ts'
import { beginOidc, finishOidc, OIDC_CALLBACK_PATH, OIDC_PATH } from './identity/oidc/oidc-routes.ts'
import { addOptions, addRoute, signInOptions, signInRoute } from './identity/passkeys/passkey-routes.ts'
import { SCIM_PATH } from './identity/scim/respond-scim.ts'
import { serveScim } from './identity/scim/serve-scim.ts'
import { showSession, signIn, signOut } from './identity/session-routes.ts'
import { leadOn, showEmailForm, takeCode, takeEmail } from './identity/sign-in-forms.ts'
import { askRoute, verifyRoute } from './identity/sign-in-routes.ts'
import { managementHandler } from './management/management-route.ts'
import { describeManagement } from './management/openapi.ts'
import {
  PASSKEY_OPTIONS_PATH,
  PASSKEYS_PATH,
  SIGN_IN_PASSKEY_OPTIONS_PATH,
  SIGN_IN_PASSKEY_PATH,
} from './management/passkey-rows.ts'
import { respondOutput } from './management/respond-output.ts'
import { play } from './management/play.ts'
import { playgroundRows } from './management/playground-rows.ts'
import { managementRows } from './management/routes.ts'
import { SESSION_PATH } from './management/session-rows.ts'
import { SIGN_IN_CODE_PATH, SIGN_IN_VERIFY_PATH } from './management/sign-in-rows.ts'
import type { OpenPayments } from './payments/open-payments.ts'
import { Replies } from './replies/replies.ts'
import { KeptResponses } from './responses/kept-responses.ts'
import { serveConsole } from './site/serve-console.ts'
import { pagePaths } from './site/public-pages.ts'
import { NOWHERE, servePages, wantsPage } from './site/serve-pages.ts'
import type { SiteParts } from './site/site-parts.ts'
import { withoutFile } from './store/without-file.ts'
import type { Store } from './store/store.ts'
import type { Log } from './telemetry/log.ts'
import type { Metrics } from './telemetry/metrics.ts'

/** What the app is made of. */
export interface AppParts {
  readonly live: LiveConfig
  readonly store: Store
  readonly keys: KeyDirectory
  readonly log: Log
  readonly metrics: Metrics
  readonly clock: Clock
  /** What limits calls. Default: nothing. */
  readonly callLimits?: CallLimits | undefined
  /** Who hears of payments. Default: nobody. */
  readonly payments?: Pick<OpenPayments, 'isOpen' | 'take'> | undefined
  /** Whether new requests are welcome: false while the server is stopping. */
  readonly isAccepting: () => boolean
  /** Default: {@link defaultHttpLimits}. */
  readonly limits?: Partial<HttpLimits> | undefined
  /** The pages, the console and the management API beside `/v1`. Default: there are none. */
  readonly site?: SiteParts | undefined
}

/** An HTTP server, not yet listening, and the responses it has under way. */
export interface App {
  readonly server: Server
  readonly inFlight: InFlight
  readonly callAsKey: CallAsKey
}

/**
 * Every route of both listeners, and who may call it. What is of the site is on both, unless it says otherwise; on the
 * gateway's where the site is on. The operator's is never there.
 */
const routes: readonly RouteRow[] = [
  { method: 'GET', path: '/healthz', access: 'public', of: 'gateway', handler: () => alive },
  {
    method: 'GET',
    path: '/readyz',
    access: 'public',
    of: 'gateway',
    handler: ({ isAccepting, store }) => ready(isAccepting, store.ledger),
  },
  {
    method: 'POST',
    path: STRIPE_WEBHOOK_PATH,
    access: 'public',
    of: 'gateway',
    handler: ({ payments }) => takeStripeMessage(payments),
  },
  { method: 'GET', path: HELLO_PATH, access: 'public', of: 'gateway', handler: () => hello },
  { method: 'GET', path: '/v1/models', access: 'key', handler: telling(({ live }) => listModels(live)) },
  { method: 'GET', path: '/v1/models/*', access: 'key', handler: telling(({ live }) => oneModel(live, '/v1/models/')) },
  {
    method: 'GET',
    path: '/anthropic/v1/models',
    access: 'key',
    handler: telling(({ live }) => listModels(live)),
  },
  {
    method: 'GET',
    path: '/anthropic/v1/models/*',
    access: 'key',
    handler: telling(({ live }) => oneModel(live, '/anthropic/v1/models/')),
  },
  {
    method: 'GET',
    path: '/v1/key',
    access: 'key',
    handler: telling(({ store, callLimits, clock }) => showKey(store, callLimits, clock)),
  },
  {
    method: 'GET',
    path: '/v1/generation',
    access: 'key',
    handler: telling(({ store, idSeal }) => showGeneration(store.ledger, idSeal)),
  },
  {
    method: 'POST',
    path: '/v1/route/explain',
    access: 'key',
    handler: telling(({ live, clock, limits, callLimits, store }) => explain(live, clock, limits, callLimits, store)),
  },
  ...operationNames.flatMap((name) => {
    const { paths, read, readForm } = operations[name]
    const handler = answering(name, { read, readForm })
    return paths.map((path): RouteRow => ({ method: 'POST', path, access: 'key', handler }))
  }),
  {
    method: 'POST',
    path: '/v1/responses',
    access: 'key',
    handler: (parts) => answering('chat', responses(parts.keptResponses))(parts),
  },
  { method: 'POST', path: '/v1/responses/compact', access: 'key', handler: answering('chat', { read: compaction }) },
  {
    method: 'POST',
    path: '/v1/responses/input_tokens',
    access: 'key',
    handler: telling((parts) => countResponseInput(parts, parts.limits)),
  },
  ...keptPaths.map(([question, path]): RouteRow => ({
    method: keptQuestions[question].method,
    path,
    access: 'key',
    handler: telling((parts) => keptResponse(question, path, parts)),
  })),
  { method: 'POST', path: '/v1/completions', access: 'key', handler: answering('chat', { read: completions }) },
  ...['/v1/messages', '/anthropic/v1/messages'].map((path): RouteRow => ({
    method: 'POST',
    path,
    access: 'key',
    handler: answering('chat', { read: messages }),
  })),
  ...['/v1/messages/count_tokens', '/anthropic/v1/messages/count_tokens'].map((path): RouteRow => ({
    method: 'POST',
    path,
    access: 'key',
    handler: telling((parts) => countTokens(parts, parts.limits)),
  })),
  { method: 'GET', path: '/metrics', access: 'operator', handler: showMetrics },
  ...['/console', '/console/', '/console/*'].map((path): RouteRow => ({
    method: 'GET',
    path,
    access: 'public',
    of: 'site',
    handler: serveConsole,
    isConsole: true,
  })),
  ...[...pagePaths, NOWHERE].map((path): RouteRow => ({
    method: 'GET',
    path,
    access: 'public',
    of: 'site',
    on: ['gateway'],
    handler: servePages,
  })),
  { method: 'GET', path: SESSION_PATH, access: 'public', of: 'site', handler: showSession },
  { method: 'POST', path: SESSION_PATH, access: 'public', of: 'site', on: ['admin'], handler: signIn },
  { method: 'GET', path: OIDC_PATH, access: 'public', of: 'site', handler: beginOidc },
  { method: 'GET', path: OIDC_CALLBACK_PATH, access: 'public', of: 'site', handler: finishOidc },
  { method: 'DELETE', path: SESSION_PATH, access: 'account:viewer', handler: signOut },
  { method: 'POST', path: PASSKEY_OPTIONS_PATH, access: 'account:viewer', handler: addOptions },
  { method: 'POST', path: PASSKEYS_PATH, access: 'account:viewer', handler: addRoute },
  ...(
    [
      ['POST', SIGN_IN_CODE_PATH, askRoute],
      ['POST', SIGN_IN_VERIFY_PATH, verifyRoute],
      ['POST', SIGN_IN_PASSKEY_OPTIONS_PATH, signInOptions],
      ['POST', SIGN_IN_PASSKEY_PATH, signInRoute],
      ['GET', '/signup', showEmailForm('sign_up')],
      ['POST', '/signup', takeEmail('sign_up')],
      ['GET', '/welcome', leadOn('/console')],
      ['POST', '/welcome', takeCode('sign_up')],
      ['GET', '/login', showEmailForm('sign_in')],
      ['POST', '/login', takeEmail('sign_in')],
      ['GET', '/login/code', leadOn('/login')],
      ['POST', '/login/code', takeCode('sign_in')],
    ] as const
  ).map(([method, path, handler]): RouteRow => ({
    method,
    path,
    access: 'public',
    of: 'site',
    on: ['gateway'],
    handler,
  })),
  { method: 'GET', path: '/api/v1/openapi.json', access: 'account:viewer', handler: () => describe },
  { method: 'GET', path: LIVE_PATH, access: 'account:viewer', handler: showLiveRequests },
  { method: 'GET', path: LIVE_ANSWERS_PATH, access: 'account:viewer', handler: showLiveAnswers },
  ...playgroundRows.map(({ path, answers, makesKey }): RouteRow => ({
    method: 'POST',
    path,
    access: 'account:member',
    handler: play(answers, makesKey),
  })),
  ...(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const).map((method): RouteRow => ({
    method,
    path: SCIM_PATH,
    access: 'account:admin',
    on: ['gateway'],
    handler: serveScim,
  })),
  ...managementRows.map((row): RouteRow => ({
    method: row.method,
    path: row.path,
    access: 'account:viewer',
    handler: managementHandler(row),
  })),
]

/** `GET /api/v1/openapi.json` */
const describe = (exchange: AdminExchange): void => respondOutput(exchange, 200, describeManagement(managementRows))

/** A route whose handler is still to be made of what its listener has. */
type RouteRow = GatewayRow | KeyRow | CallerRow | SiteRow

type Unmade<A extends Access> = { readonly [One in A]: Omit<Route<One>, 'handle' | 'listener'> }[A]

/** What the gateway tells anyone, whether there is a site or not. */
interface GatewayRow extends Unmade<'public'>, Makes<Route<'public'>['handle'], HandlerParts> {
  readonly of: 'gateway'
}

/** What is for who holds a virtual key. */
interface KeyRow extends Unmade<'key'>, Makes<Route<'key'>['handle'], HandlerParts> {}

/** What is of the management API, or the operator's. */
type CallerRow = {
  readonly [A in CallerAccess]: Unmade<A> &
    Makes<Route<A>['handle'], SiteParts> & {
      /** Default: both, but of the operator's routes his own alone. */
      readonly on?: readonly Listener[] | undefined
    }
}[CallerAccess]

/** What is for anyone, where there is a site: its pages, the console, the way in. */
interface SiteRow extends Unmade<'public'>, Makes<Route<'public'>['handle'], SiteParts> {
  readonly of: 'site'
  /** Default: both. */
  readonly on?: readonly Listener[] | undefined
  /** Whether it is left out where no console is served. */
  readonly isConsole?: true
}

interface Makes<Handle, Parts> {
  readonly handler: (parts: Parts) => Handle
}

/** Who calls the gateway's own listener. */
type GatewayAccess = 'public' | 'key'

/** What the handlers of the gateway are made of. */
interface HandlerParts extends AppParts {
  readonly limits: HttpLimits
  readonly responder: ResponderParts
  /** Seals the ids of what upstreams keep: with the secret that keys depend on, so that there is one to look after. */
  readonly idSeal: IdSeal
  readonly kept: Replies
  readonly keptResponses: KeptResponses
  readonly ratesOf: RatesOfKey
}

type KeyedHandle = Route<'key'>['handle']

/** A handler that takes nothing of the rates of its caller, and tells where they stand: a call of the engine does that itself. */
function telling(handler: (parts: HandlerParts) => KeyedHandle) {
  return (parts: HandlerParts): KeyedHandle => {
    const handle = handler(parts)
    return (exchange) => {
      for (const [name, value] of Object.entries(parts.ratesOf(exchange.key))) exchange.response.setHeader(name, value)
      return handle(exchange)
    }
  }
}

function answering(endpoint: OperationName, readers: Readers) {
  return ({ live, responder, limits, idSeal, kept, ratesOf }: HandlerParts) =>
    engineEndpoint(endpoint, readers, live, responder, limits, idSeal, kept, ratesOf)
}

/** The routes of the gateway's listener. */
export function routesOf(parts: AppParts): Route<GatewayAccess>[] {
  const { store, log, metrics } = parts
  const limits = { ...defaultHttpLimits, ...parts.limits }
  const responder = { ledger: store.ledger, keepAlive: new KeepAlive(limits.silenceMs), log, metrics }
  const kept = new Replies(store.replies, parts.keys.pepper, () => parts.clock.now())
  const idSeal = new IdSeal(parts.keys.pepper)
  const keptResponses = new KeptResponses({
    store: store.responses,
    idSeal,
    clock: parts.clock,
    settings: () => parts.live.current.config.keptResponses,
    onTrouble: (err) => log.pino.warn({ err }, 'a response could not be kept'),
  })
  const made: HandlerParts = {
    ...parts,
    limits,
    responder,
    idSeal,
    kept,
    keptResponses,
    ratesOf: ratesOfKey(parts.callLimits),
  }
  return routes.flatMap((row): Route<GatewayAccess>[] => {
    if (row.access === 'key') return [{ ...row, handle: row.handler(made) }]
    return row.access === 'public' && row.of === 'gateway' ? [{ ...row, handle: row.handler(made) }] : []
  })
}

/** The routes of one listener's site: all the others, but what is not for that listener. */
export function siteRoutesOf(parts: SiteParts): Route<SiteAccess>[] {
  const { listener } = parts
  return routes.flatMap((row): Route<SiteAccess>[] => {
    switch (row.access) {
      case 'key':
        return []
      case 'public': {
        if (row.of === 'gateway' || row.on?.includes(listener) === false) return []
        const isLeftOut = row.isConsole === true && !parts.showsConsole
        return isLeftOut ? [] : [{ ...row, listener, handle: row.handler(parts) }]
      }
      case 'operator':
        return listener === 'admin' ? [{ ...row, listener, handle: row.handler(parts) }] : []
      default:
        if (row.on?.includes(listener) === false) return []
        return [{ ...row, listener, handle: row.handler(parts) }]
    }
  })
}

/** The walk of a request behind the guard: find the route, authenticate, handle; whatever is thrown becomes a response. */
async function serve(
  parts: AppParts,
  router: Router<GatewayAccess>,
  site: SiteWalk | undefined,
  arrival: Arrival,
  ratesOf: RatesOfKey,
): Promise<void> {
  const { live, keys } = parts
  const { request, response } = arrival
  // What is asked of `/v1` is not asked of the site: that costs it this one look.
  if (site !== undefined && !request.url?.startsWith('/v1/') && site(arrival)) return
  try {
    const { corsOrigins } = live.current.config
    if (corsOrigins.length > 0 && allowOrigin(arrival, corsOrigins)) return
    const exchange = openExchange(arrival)
    const route = router.find(request.method ?? '', exchange.path)
    if (route.access === 'public') {
      await route.handle(exchange)
      return
    }
    const found = keys.authenticate(authorizationIn(request.headers))
    const key = found instanceof Promise ? await found : found
    arrival.open.key = key
    await route.handle({ ...exchange, key })
  } catch (thrown) {
    const error = toSpekaError(thrown)
    if (error.code === 'method_not_allowed') response.setHeader('allow', router.methods(request.url ?? ''))
    refuse(parts, arrival, error, ratesOf)
  }
}

/** Tells a caller of `/v1` what went wrong, and whoever runs the gateway what he has to know of it. */
function refuse(
  { store, log, metrics }: Pick<AppParts, 'store' | 'log' | 'metrics'>,
  { id, response, open }: Pick<Arrival, 'id' | 'response' | 'open'>,
  thrown: SpekaError,
  ratesOf: RatesOfKey,
): void {
  const error = forCaller(thrown)
  metrics.refused(error.code, error.limit)
  // What keeps the ledger from recording has been said already, once.
  if (error.code === 'storage_unavailable' && store.ledger.trouble() === undefined)
    log.pino.warn({ request: id, err: error.cause }, 'the store did not answer')
  if (error.code === 'internal_error') log.pino.error({ request: id, err: error.cause ?? error }, 'a handler threw')
  respondError(response, id, error, open.key && ratesOf(open.key))
}

/** What goes wrong with the store is told without naming files. */
const forCaller = (error: SpekaError): SpekaError => (error.code === 'storage_unavailable' ? withoutFile(error) : error)

/** A request as it arrives, before anything is known of it. */
type Arrival = Omit<Exchange, 'path' | 'query'>

/** Parameters by which other services take their keys. */
const KEY_PARAMETERS = ['key', 'api_key', 'apikey', 'api-key', 'access_token', 'token']

const noQuery = new URLSearchParams()

function openExchange(arrival: Arrival): Exchange {
  const url = arrival.request.url ?? '/'
  const mark = url.indexOf('?')
  if (mark === -1) return { ...arrival, path: url, query: noQuery }
  const path = url.slice(0, mark)
  const query = new URLSearchParams(url.slice(mark + 1))
  for (const name of query.keys()) {
    if (KEY_PARAMETERS.includes(name.toLowerCase()))
      throw new SpekaError(
        'invalid_request',
        'Keys do not belong in a URL, where logs keep them. Send the header "Authorization: Bearer …" instead.',
      )
  }
  return { ...arrival, path, query }
}

/** Takes what is asked of the site, and says whether it has. */
type SiteWalk = (arrival: Arrival) => boolean

function siteWalk(parts: SiteParts, gateway: Router<GatewayAccess>): SiteWalk {
  const router = createRouter(siteRoutesOf(parts), { listener: 'gateway', authenticates: ['public', 'account'] })
  return ({ id, receivedAt, request, response, open }) => {
    const asked = pathAndQuery(request.url ?? '/')
    const isGateways = asked.path === '/v1' || gateway.methods(asked.path) !== ''
    const isThere = !isGateways && (asked.path.startsWith('/api/') || router.methods(asked.path) !== '')
    // A browser gets a page even where nothing is; a program, and whoever asks at `/v1`, gets the gateway's own answer.
    const isLost = !isThere && !isGateways && wantsPage(request)
    if (!isThere && !isLost) return false
    const visit = { id, receivedAt, request, response, open, ...asked }
    void serveSite(isLost ? { ...visit, path: NOWHERE } : visit, router, parts)
    return true
  }
}

/** Makes the HTTP server, not yet listening. */
export function createApp(parts: AppParts): App {
  const limits = { ...defaultHttpLimits, ...parts.limits }
  const router = createRouter(routesOf(parts), { listener: 'gateway', authenticates: ['public', 'key'] })
  const inFlight = new InFlight()
  parts.keys.heed(inFlight)
  const server = createServer({
    keepAliveTimeout: limits.idleMs,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: 1000,
    maxHeaderSize: limits.headerBytes,
    // The guard does it, and answers in the envelope.
    requireHostHeader: false,
    noDelay: true,
  })
  const ratesOf = ratesOfKey(parts.callLimits)
  const callAsKey = callsAsKey({
    router,
    keys: parts.keys,
    inFlight,
    refuse: (visit, error) => refuse(parts, visit, error, ratesOf),
  })
  const site = parts.site === undefined ? undefined : siteWalk({ ...parts.site, callAsKey }, router)
  const ends = new ConnectionEnd()
  const arrivals = new TurnQueue<Arrival>((arrival) => void serve(parts, router, site, arrival, ratesOf))
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    const place = ends.count(request.socket)
    // The connection closes before its turn would come.
    if (place === 'behind') return
    const receivedAt = parts.clock.now()
    const id = mintRequestId(receivedAt)
    const open = inFlight.add(response, id)
    if (place === 'last' || !parts.isAccepting()) response.setHeader('connection', 'close')
    if (passesGuard(request, response, id)) arrivals.add({ id, receivedAt, request, response, open })
  }
  /** At once, and not in its turn: what is refused here must be known before the next request of the connection comes. */
  const passesGuard = (request: IncomingMessage, response: ServerResponse, id: RequestId): boolean => {
    try {
      guardRequest(request)
      return true
    } catch (thrown) {
      const error = toSpekaError(thrown)
      parts.metrics.refused(error.code)
      const isMisread = error.code === 'invalid_request'
      if (isMisread) ends.end(request.socket)
      respondError(response, id, error, isMisread ? { connection: 'close' } : {})
      return false
    }
  }
  server.maxRequestsPerSocket = MOST_REQUESTS
  server.on('connection', writeAtOnce)
  server.on('request', take)
  // Whoever asks before sending is told to send by the one who wants the body, or is refused without it.
  server.on('checkContinue', take)
  server.on('checkExpectation', take)
  server.on('clientError', (error: NodeJS.ErrnoException, duplex) => {
    const socket = duplex as Socket
    // An answer to what came behind would end up in the middle of the answer under way.
    if (socket.writable && inFlight.isAnswering(socket)) inFlight.closeBehind(socket)
    else rejectBrokenRequest(error, socket)
  })
  // A connection without traffic: unused, waiting for an upstream, or with a client that does not read.
  server.setTimeout(limits.stallMs, (socket) => {
    if (!inFlight.has(socket) || socket.writableLength > 0) socket.destroy()
  })
  return { server, inFlight, callAsKey }
}
