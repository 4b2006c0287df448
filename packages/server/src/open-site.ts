import { oidcLinks } from './config/identity-schema.ts'
import { join } from 'node:path'
import { realClock, SpekaError, type ModelEntry } from '@speka/core/node'
import type { LiveConfig } from './config/live-config.ts'
import type { Site } from './config/site-schema.ts'
import type { Settings } from './config/settings.ts'
import { collectorIn, plansInForce } from './configured-operations.ts'
import { installedWebAuthn } from './identity/passkeys/webauthn.ts'
import { signInTries } from './identity/session-routes.ts'
import { PublicPages } from './site/public-pages.ts'
import { readSiteDocs } from './site/read-site-docs.ts'
import type { RoutingView } from './operations/gateway-view.ts'
import type { SignInProviders } from './site/sign-in-provider.ts'
import type { SiteParts } from './site/site-parts.ts'
import { readStaticFiles, type StaticFiles } from './site/static-files.ts'
import type { Mail } from './mail/mail.ts'
import { openMail } from './mail/open-mail.ts'
import { OpenStreams } from './management/open-streams.ts'
import { Turns } from './management/turns.ts'
import type { Store } from './store/store.ts'
import type { Log } from './telemetry/log.ts'

/** How many groups of usage can be had at once: others wait meanwhile. */
export const MOST_GROUPS = 20_000

/** Reads the console that was built, from beside the built server. */
export const readConsole = (folder = join(import.meta.dirname, 'console')): StaticFiles | undefined =>
  readStaticFiles(folder)

/** What the gateway that is running has. */
interface Gateway {
  readonly settings: Settings
  readonly live: LiveConfig
  readonly store: Store
  readonly pepper: Buffer
  readonly log: Log
  readonly models: () => readonly ModelEntry[]
  readonly routing: () => RoutingView
  readonly isAccepting: () => boolean
  /** By whom else members may sign in. */
  readonly providers: SignInProviders
  /** By which mail goes. Default: none does. */
  readonly mail: Mail | undefined
}

/** The site of the gateway's own listener, if it is to have one. */
export function openSite(gateway: Gateway): SiteParts | undefined {
  const { settings, live, store, pepper, log, models, routing, providers, mail, isAccepting } = gateway
  if (!live.current.config.site.enabled) return undefined
  return {
    listener: 'gateway',
    host: settings.host,
    site: () => live.current.config.site,
    adminToken: undefined,
    consoleFiles: settings.console ? readConsole() : undefined,
    showsConsole: settings.console,
    providers,
    directories: () => live.current.config.identity.scim,
    signInLinks: () => oidcLinks(live.current.config),
    webAuthn: installedWebAuthn(),
    isAccepting,
    tries: signInTries('gateway', { store, pepper: async () => pepper, now: Date.now }),
    pages: new PublicPages({
      live: () => ({ config: live.current.config, table: live.current.engine.table }),
      ledger: store.ledger,
      clock: realClock,
      docs: readSiteDocs(join(import.meta.dirname, 'site-docs')),
      origin: () => `http://localhost:${settings.port}`,
    }),
    mail,
    tellCode: tellCodeIn(log),
    metrics() {
      throw new SpekaError('unknown_url', 'Metrics are on the admin listener.')
    },
    tellFault: (request, error) =>
      log.pino.error({ request, err: error.cause ?? error }, 'a handler of the management API threw'),
    streams: new OpenStreams(),
    turns: new Turns(),
    operations: {
      store,
      pepper: async () => pepper,
      now: Date.now,
      plans: async () => plansInForce(live.current.config),
      collector: () => collectorOf(live),
      mostGroups: MOST_GROUPS,
      // How providers fare is the operator's to know, on his own listener.
      gateway: {
        models: async () => models(),
        routing: async () => routing(),
        targets: async () => [],
        providers: async () => [],
        async system() {
          throw new SpekaError('invalid_request', 'What runs is told on the admin listener.')
        },
      },
    },
  }
}

/**
 * By which the site sends mail, if it is on and somebody has said by which server.
 *
 * @throws SettingsError where what sends it is not installed
 */
export async function openSiteMail({ smtp }: Settings, { enabled, publicUrl }: Site): Promise<Mail | undefined> {
  if (smtp === undefined || !enabled) return undefined
  return openMail(smtp, `no-reply@${publicUrl === undefined ? 'localhost' : new URL(publicUrl).hostname}`)
}

/** A code that nobody can read would keep people out, so it is written whatever else the log leaves out. */
function tellCodeIn({ pino }: Log): NonNullable<SiteParts['tellCode']> {
  const always = pino.child({}, { level: 'info' })
  return ({ email, code, until }, why) => {
    const fields = { email, code, until: new Date(until).toISOString() }
    if (why === undefined)
      always.info(fields, 'a one-time code was asked for; no mail is sent, since SPEKA_SMTP_URL is not set')
    else always.warn({ ...fields, err: why }, 'a one-time code could not be sent by mail')
  }
}

async function collectorOf(live: LiveConfig): ReturnType<typeof collectorIn> {
  try {
    return await collectorIn(live.current.config)
  } catch (cause) {
    throw new SpekaError('invalid_request', cause instanceof Error ? cause.message : String(cause), { cause })
  }
}
