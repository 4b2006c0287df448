import type { ModelEntry } from '@speka/core'
import { pageOf, type ProcessReport } from '../admin/gather-metrics.ts'
import { listenForAdmin, type AdminListener } from '../admin/listen.ts'
import { addOverviews } from '../admin/overview.ts'
import { operatorLinks } from '../config/identity-schema.ts'
import type { Config } from '../config/load-config.ts'
import type { Settings } from '../config/settings.ts'
import { askOver } from '../identity/fetch-over.ts'
import { openProviders } from '../identity/oidc/open-providers.ts'
import type { CallAsKey } from '../endpoints/call-as-key.ts'
import type { AdminParts } from '../management/management-route.ts'
import { OpenStreams } from '../management/open-streams.ts'
import { Turns } from '../management/turns.ts'
import { MOST_GROUPS, readConsole } from '../open-site.ts'
import type { RoutingView, SystemFacts } from '../operations/gateway-view.ts'
import { storeOf } from '../store/open-store.ts'
import type { Store } from '../store/store.ts'
import { createLog } from '../telemetry/log.ts'
import { Transports } from '../transports.ts'
import type { Terminal } from './command.ts'
import { version } from '../telemetry/version.ts'
import { operationParts } from './with-store.ts'

/** How many live streams may be open at once: the listener takes a hundred connections. */
const MOST_STREAMS = 60

/** The processes of a gateway: one, or several workers. */
export interface Processes {
  reports(): Promise<readonly ProcessReport[]>
  models(): Promise<readonly ModelEntry[]>
  routing(): Promise<RoutingView>
  /** Answers who uses a key without showing it. */
  readonly callAsKey: CallAsKey
  /** As it is now. */
  config(): Config
  /** Where callers on this machine reach them: `http://127.0.0.1:7735`. */
  url(): string
}

/** Opens the admin listener and says where it is; a token that was made for it is shown this once. */
export async function openAdmin(
  settings: Settings,
  store: Store,
  processes: Processes,
  terminal: Terminal,
): Promise<AdminListener | undefined> {
  const { config } = processes
  const transports = new Transports(settings.variables)
  const ask = askOver(() => transports.for(config().gateway.timeouts?.connect_ms))
  const opened = await listenForAdmin(settings, adminParts(settings, store, processes), {
    site: () => config().site,
    gatewayUrl: () => processes.url(),
    consoleFiles: settings.console ? readConsole() : null,
    providers: openProviders({ ask, configured: () => config().identity.oidc }).find,
    signInLinks: () => operatorLinks(config()),
  })
  if (typeof opened === 'string') {
    terminal.error(`Note: ${opened}`)
    return undefined
  }
  if (opened.newToken !== undefined) {
    terminal.out(
      `Metrics are at ${opened.url}/metrics and the management API at ${opened.url}/api/v1, for who has the admin token. It is shown this once:\n`,
    )
    terminal.out(`  admin  ${opened.newToken}\n`)
  }
  return opened
}

function adminParts(settings: Settings, store: Store, processes: Processes): AdminParts {
  const { pino } = createLog(settings.logLevel)
  const place = storeOf(settings)
  const overview = async () => addOverviews((await processes.reports()).map((report) => report.overview))
  return {
    callAsKey: processes.callAsKey,
    metrics: async () => pageOf(await processes.reports()),
    tellFault: (request, error) =>
      pino.error({ request, err: error.cause ?? error }, 'a handler of the admin listener threw'),
    streams: new OpenStreams({ all: MOST_STREAMS }),
    turns: new Turns(),
    operations: {
      ...operationParts(settings, store),
      mostGroups: MOST_GROUPS,
      gateway: {
        models: () => processes.models(),
        routing: () => processes.routing(),
        targets: async () => (await overview()).targets,
        providers: async () => (await overview()).providers,
        system: async () => ({
          version: version(),
          node: process.version,
          storage: { kind: place.kind, place: place.name },
          workers: (await processes.reports()).length,
          started_at: new Date(performance.timeOrigin).toISOString(),
          replicas: await replicasOf(store),
          redis: redisOf(await processes.reports()),
        }),
      },
    },
  }
}

function redisOf(reports: readonly ProcessReport[]): SystemFacts['redis'] {
  const seen = reports.flatMap(({ redis }) => redis ?? [])
  const [first] = seen
  if (first === undefined) return null
  const reached = seen.flatMap(({ version: answers }) => answers ?? [])
  return { place: first.place, version: reached[0] ?? null, reached_by: reached.length }
}

async function replicasOf({ replicas }: Store): Promise<SystemFacts['replicas']> {
  if (replicas === undefined) return null
  return (await replicas.list()).map(({ host, pid, version: runs, connections, startedAt }) => ({
    host,
    pid,
    version: runs,
    connections,
    started_at: new Date(startedAt).toISOString(),
  }))
}
