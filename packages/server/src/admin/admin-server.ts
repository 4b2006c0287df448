import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { mintRequestId } from '@speka/core/internal'
import { siteRoutesOf } from '../app.ts'
import { siteOf, type Site } from '../config/site-schema.ts'
import { createRouter } from '../http/router.ts'
import { pathAndQuery, serveSite } from '../identity/serve-site.ts'
import { signInTries } from '../identity/session-routes.ts'
import type { AdminParts } from '../management/management-route.ts'
import type { SiteParts } from '../site/site-parts.ts'

/** What an operator's listener is told beside its token. */
export interface AdminServerOptions {
  /** The address it listens at. Default: this machine's own. */
  readonly host?: string | undefined
  /** Default: one that nobody has said anything of. */
  readonly site?: (() => Site) | undefined
  /** Where callers reach the gateway, as far as nobody has said a `public_url`. Default: that is not known. */
  readonly gatewayUrl?: SiteParts['gatewayUrl']
  /** The console as it was built; `null`: none is served. Default: it was not built. */
  readonly consoleFiles?: SiteParts['consoleFiles'] | null
  /** By whom else the operator may sign in. Default: nobody. */
  readonly providers?: SiteParts['providers']
  /** Where he signs in by them. Default: nowhere. */
  readonly signInLinks?: SiteParts['signInLinks']
}

const UNSAID: Site = siteOf({}, { site: 'off', publicUrl: undefined, configFile: undefined, host: '127.0.0.1' })

/** The operator's own listener, apart from `/v1`: but for the console's files, nothing on it answers to who has not signed in. */
export function createAdminServer(
  token: string,
  parts: AdminParts,
  {
    host = '127.0.0.1',
    site = () => UNSAID,
    gatewayUrl,
    consoleFiles,
    providers,
    signInLinks,
  }: AdminServerOptions = {},
): Server {
  const made: SiteParts = {
    ...parts,
    listener: 'admin',
    host,
    site,
    gatewayUrl,
    adminToken: token,
    consoleFiles: consoleFiles ?? undefined,
    showsConsole: consoleFiles !== null,
    providers,
    signInLinks,
    tries: signInTries('admin', parts.operations),
  }
  const router = createRouter(siteRoutesOf(made), {
    listener: 'admin',
    authenticates: ['public', 'operator', 'account'],
  })
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    const receivedAt = Date.now()
    const visit = { id: mintRequestId(receivedAt), receivedAt, request, response, ...pathAndQuery(request.url ?? '/') }
    void serveSite(visit, router, made)
  }
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 10_000 }, take)
  // Whoever asks before sending is told to send by the one who wants the body, or is refused without it.
  server.on('checkContinue', take)
  server.on('checkExpectation', take)
  server.maxConnections = 100
  return server
}
