import type { Server } from 'node:http'
import { realClock, type Layers, type ModelEntry, type SpekaError } from '@speka/core/node'
import { HealthBook, mintRequestId, modelEntry, modelsOfCall } from '@speka/core/internal'
import { openAlerts, type OpenAlerts } from './alerts/open-alerts.ts'
import { sendWebhooksOver } from './alerts/send-webhook.ts'
import { createApp } from './app.ts'
import { capsIn, checkLimits, configureBook, readBook, unknownAccount } from './configured-book.ts'
import { loadConfig, type Config } from './config/load-config.ts'
import { LiveConfig } from './config/live-config.ts'
import { SettingsError, type Settings } from './config/settings.ts'
import type { Mail } from './mail/mail.ts'
import { configurationMarks } from './config/configuration-marks.ts'
import { openSite, openSiteMail } from './open-site.ts'
import { IsolatedProviders } from './isolated-providers.ts'
import { keepTickShape } from './keep-tick-shape.ts'
import { askOver } from './identity/fetch-over.ts'
import { urlAt } from './http/reachable-url.ts'
import { openProviders } from './identity/oidc/open-providers.ts'
import { openCredentials } from './identity/open-credentials.ts'
import type { CallAsKey } from './endpoints/call-as-key.ts'
import type { KeyDirectory } from './keys/key-directory.ts'
import type { RoutingView } from './operations/gateway-view.ts'
import { keepPlanVersions } from './billing/keep-plan-versions.ts'
import { REGISTRY_CHANGES } from './notices/channels.ts'
import type { NoticeBoard } from './notices/notice-board.ts'
import { openNoticeBoard } from './notices/open-notice-board.ts'
import { redisNotices } from './notices/redis-notices.ts'
import { severalBoards } from './notices/several-boards.ts'
import { readRedisUrl } from './redis/address.ts'
import { openRedis, REDIS_ALONE, type RedisLink } from './redis/open-redis.ts'
import { CapBook } from './limits/cap-book.ts'
import { CompiledLimits } from './limits/limit-book.ts'
import { putOnPlans } from './limits/put-on-plans.ts'
import { openPayments, type OpenPayments } from './payments/open-payments.ts'
import { putOnPlanBy } from './put-on-plan.ts'
import { deleteEndedResponses } from './responses/delete-ended.ts'
import { openServerLimits, type ServerLimits } from './server-limits.ts'
import { SharedEndings } from './shared-endings.ts'
import { SharedHealth } from './shared-health.ts'
import { giveBackStartMemory } from './start-memory.ts'
import { storeOf } from './store/open-store.ts'
import { replicaWarnings } from './store/replica-warnings.ts'
import type { Store, StoreNotices } from './store/store.ts'
import { answerSupervisor } from './admin/ask-workers.ts'
import { workerDoor } from './admin/worker-door.ts'
import type { ProcessReport } from './admin/gather-metrics.ts'
import { overviewOf } from './admin/overview.ts'
import { routingOf } from './admin/routing.ts'
import { createLog, type Log } from './telemetry/log.ts'
import { Metrics } from './telemetry/metrics.ts'
import { version } from './telemetry/version.ts'
import { Transports } from './transports.ts'

/** A server that is listening. */
export interface RunningServer {
  /** Where it listens: `http://127.0.0.1:7735`. */
  readonly url: string
  readonly live: LiveConfig
  readonly store: Store
  readonly keys: KeyDirectory
  readonly log: Log
  /** What it has counted, and the state of its targets. */
  report(): ProcessReport
  /** Every model, callable or not. */
  models(): ModelEntry[]
  /** Where requests go. */
  routing(): RoutingView
  /** Answers who uses a key without showing it. */
  readonly callAsKey: CallAsKey
  /** Whether it is stopping because something broke, so that the process should end with a failure. */
  readonly broken: boolean
  /** Reads the configuration again, all of it or nothing. */
  reload(): void
  /**
   * Stops in good order: refuses what is new, lets what is under way finish, then closes the store. A second call, or the
   * configured time running out, ends what is left with an error event.
   */
  stop(): Promise<void>
}

/** What a program that starts a server may add to its settings. */
export interface ServerOptions {
  readonly sharesStore?: boolean | undefined
  readonly layers?: Layers | undefined
}

/**
 * Starts a server.
 *
 * @param options.sharesStore whether other processes write to the same store all the time. Default: false
 * @param options.layers what stands around the engine; put around each new one when the configuration is read again.
 *
 * @throws SettingsError, ConfigError, or SpekaError `storage_unavailable`, each fit to be shown as one line.
 */
export async function startServer(
  settings: Settings,
  { sharesStore = false, layers }: ServerOptions = {},
): Promise<RunningServer> {
  const log = createLog(settings.logLevel)
  const transports = new Transports(settings.variables)
  const instanceId = mintRequestId(Date.now())
  const config = loadConfig(settings)
  for (const warning of config.warnings) log.pino.warn(warning)
  const health = { broken: false }
  const store = await storeOf(settings).open({
    isShared: sharesStore,
    settles: true,
    durability: config.durability,
    spool: config.outage.spool,
    onSpool(isHolding) {
      if (isHolding) log.pino.warn('the database does not answer: records wait in the spool on this disk')
      else log.pino.info('all records of the spool are in the database')
    },
    onLoss: (error, records) => log.pino.error({ records }, `usage records were lost: ${error.message}`),
    onAvailability(trouble) {
      if (trouble === undefined) log.pino.info('requests can be recorded again, and are taken')
      else
        log.pino.error({ cause: causeOf(trouble) }, `requests cannot be recorded, and are refused: ${trouble.message}`)
    },
    follow: true,
    onFolding: tellEverySecond(({ folded, total }) =>
      log.pino.info({ folded, total }, 'older usage records are being added up; reports wait for it'),
    ),
    onFoldingTrouble: (error) =>
      log.pino.warn({ cause: causeOf(error) }, `usage records are kept but not added up: ${error.message}`),
    onCrash(error) {
      // Without a ledger nothing can be answered: better to be started again than to linger.
      log.pino.fatal(error.message)
      health.broken = true
      process.kill(process.pid, 'SIGTERM')
    },
  })
  // What has been opened so far, to be closed when it does not come to listening: else the process would not end.
  const opened: { close(): Promise<void> }[] = [store]
  try {
    // Before anything is decided by who else there is.
    await joinReplicas(store, config, log)
    const redis = await openRedisBeside(store, settings, log)
    if (redis !== undefined) opened.unshift(redis)
    const besideStore = redis === undefined ? undefined : noticesByRedis(store.notices, redis)
    const shared = byRedisToo(store.notices, besideStore)
    if (shared !== undefined) opened.unshift(shared.board)
    // What is known of targets outlives a reload.
    const known = new HealthBook()
    const book = new CompiledLimits({
      modelsOf: (call) => modelsOfCall(call, live.current.engine.table, live.current.config.gateway.routing),
      caps: new CapBook(capsIn(store, () => live.current.config)),
    })
    const transport = ({ gateway }: Config) => transports.for(gateway.timeouts?.connect_ms)
    const alerts = openAlerts({
      store,
      health: known,
      providers: () => live.current.engine.table.providers,
      clock: realClock,
      random: Math.random,
      send: sendWebhooksOver(() => transport(live.current.config), realClock),
      processId: instanceId,
      onTrouble: (trouble, fields) => log.pino.warn(fields, trouble),
    })
    opened.unshift(alerts)
    const { notices, onRefused } = alerts
    const limits = openServerLimits({
      store,
      board: shared?.board,
      book,
      notices,
      onRefused,
      dataDir: settings.dataDir,
      redis,
      log,
    })
    opened.unshift(limits)
    const world = (next: Config) => ({
      transport: transport(next),
      clock: realClock,
      random: Math.random,
      instanceId,
      health: known,
      layers,
      limits,
    })
    const live: LiveConfig = new LiveConfig(settings, world, (next, table) => checkLimits(book, next, table), config)
    configureBook(book, config)
    const sharedHealth = shareHealth(shared, known, () => live.current.config.sharesHealth)
    if (sharedHealth !== undefined) opened.unshift(sharedHealth)
    const payments = openPayments({
      store,
      clock: realClock,
      tell: (make) => alerts.tellOfPayment(make),
      putOnPlan: putOnPlanBy({ store, config: () => live.current.config, log }),
      onTrouble: (trouble, fields) => log.pino.warn(fields, trouble),
    })
    opened.unshift(payments)
    await payments.configure(config.billing)
    // Where they are kept that place is opened now: the first answer need not wait for it, and what is wrong with it is told at the start.
    if (config.keptResponses !== undefined) await store.responses.find('', '', 0)
    const endedResponses = deleteEndedResponses({
      store: store.responses,
      clock: realClock,
      onTrouble: (err) => log.pino.warn({ err }, 'responses that have ended could not be deleted'),
    })
    opened.unshift(endedResponses)
    const mail = await openSiteMail(settings, config.site)
    return await listen(settings, {
      log,
      transports,
      live,
      store,
      health,
      known,
      shared,
      sharedHealth,
      sharedEndings: besideStore === undefined ? undefined : new SharedEndings(besideStore),
      redis,
      book,
      limits,
      alerts,
      payments,
      endedResponses,
      mail,
    })
  } catch (error) {
    for (const part of opened) await part.close()
    throw error
  }
}

/** How often a registry is asked whether it has changed that says so by itself, in ms: of what it could not say one hears in time. */
const POLL_WITH_NOTICES_MS = 1000

/** Says by what this process runs, where others share its store, and what of theirs the operator should look at. */
async function joinReplicas({ replicas }: Store, config: Config, log: Log): Promise<void> {
  if (replicas === undefined) return
  const surroundings = await replicas.join({ version: version(), configuration: configurationMarks(config) })
  for (const warning of replicaWarnings(surroundings)) log.pino.warn(warning)
}

/** @returns `undefined` where none is configured, or nobody shares the store. @throws SpekaError when it is one that cannot be used */
async function openRedisBeside({ notices }: Store, { redisUrl }: Settings, log: Log): Promise<RedisLink | undefined> {
  if (redisUrl === undefined) return undefined
  if (notices === undefined) {
    log.pino.warn(REDIS_ALONE)
    return undefined
  }
  return openRedis({
    address: readRedisUrl(redisUrl),
    onTrouble: (says) => log.pino.warn(says),
    onFound: () => log.pino.info('Redis is there again, and is used'),
  })
}

function noticesByRedis(notices: StoreNotices | undefined, redis: RedisLink): NoticeBoard | undefined {
  if (notices === undefined) return undefined
  const engine = redisNotices({ connect: () => redis.duplicate(), prefix: `speka:${notices.gateway}:` })
  return openNoticeBoard({ engine, clock: realClock })
}

/** What replicas tell each other goes by the database, and by Redis as well where there is one. */
const byRedisToo = (
  notices: StoreNotices | undefined,
  besideStore: NoticeBoard | undefined,
): StoreNotices | undefined =>
  notices === undefined || besideStore === undefined
    ? notices
    : { ...notices, board: severalBoards([notices.board, besideStore]) }

function shareHealth(
  notices: StoreNotices | undefined,
  health: HealthBook,
  isWanted: () => boolean,
): SharedHealth | undefined {
  return notices === undefined ? undefined : new SharedHealth({ notices, health, clock: realClock, isWanted })
}

/** Passes on what is said often, once a second. */
function tellEverySecond<Said>(tell: (said: Said) => void): (said: Said) => void {
  let toldAt = -Infinity
  return (said) => {
    const now = performance.now()
    if (now - toldAt < 1000) return
    toldAt = now
    tell(said)
  }
}

const causeOf = ({ cause }: SpekaError): string | undefined => (cause instanceof Error ? cause.message : undefined)

interface Parts {
  readonly log: Log
  readonly transports: Transports
  readonly live: LiveConfig
  readonly store: Store
  readonly health: { readonly broken: boolean }
  /** What is known of targets. */
  readonly known: HealthBook
  /** What of that is told to other replicas; `undefined`: there are none. */
  readonly sharedHealth: SharedHealth | undefined
  /** How those that do not hear the store are told which keys have ended; `undefined`: nothing goes to them by another way. */
  readonly sharedEndings: SharedEndings | undefined
  /** How it reaches the others that share the store. */
  readonly shared: StoreNotices | undefined
  readonly redis: RedisLink | undefined
  /** Which limits apply to what. */
  readonly book: CompiledLimits
  readonly limits: ServerLimits
  readonly alerts: OpenAlerts
  readonly payments: OpenPayments
  /** Who throws away responses that have ended. */
  readonly endedResponses: { close(): Promise<void> }
  /** By which mail goes; `undefined`: none does. */
  readonly mail: Mail | undefined
}

async function listen(
  settings: Settings,
  {
    log,
    transports,
    live,
    store,
    health,
    known,
    shared,
    sharedHealth,
    sharedEndings,
    redis,
    book,
    limits,
    alerts,
    payments,
    endedResponses,
    mail,
  }: Parts,
): Promise<RunningServer> {
  const isolated = new IsolatedProviders(known)
  const ask = askOver(() => transports.for(live.current.config.gateway.timeouts?.connect_ms))
  const providers = openProviders({ ask, configured: () => live.current.config.identity.oidc })
  await providers.check()
  const keys = await openCredentials({
    ask,
    onChange(changed, version) {
      isolated.take(changed)
      book.take(changed)
      sharedEndings?.take(changed, version)
    },
    onUnheard: (version) => sharedEndings?.ask(version),
    registry: store.registry,
    pollMs: store.notices === undefined ? undefined : POLL_WITH_NOTICES_MS,
    admitMs: store.replicas === undefined ? undefined : live.current.config.outage.admitMs,
    replicas: store.replicas,
    pepper: settings.keyPepper,
    dataDir: settings.dataDir,
    configured: live.current.config.keys,
  })
  shared?.board.subscribe(REGISTRY_CHANGES, { heard: () => keys.look(), gap: () => keys.look() })
  sharedEndings?.tellTo(keys)
  await keys.configureCallers(live.current.config.identity.callers)
  // Behind what it hears of changes, so that none is missed.
  await isolated.read(store.registry)
  await readBook(book, store, live.current.config)
  let accepting = true
  const isAccepting = (): boolean => accepting
  const metrics = new Metrics()
  const models = (): ModelEntry[] => live.current.engine.table.models.map((routed) => modelEntry(routed, Date.now()))
  const routing = (): RoutingView => routingOf(live.current.engine.table, live.current.config.gateway)
  const { server, inFlight, callAsKey } = createApp({
    live,
    store,
    keys,
    log,
    metrics,
    clock: realClock,
    callLimits: { book, rates: limits.rates },
    payments,
    isAccepting,
    site: openSite({
      settings,
      live,
      store,
      pepper: keys.pepper,
      log,
      models,
      routing,
      providers: providers.find,
      mail,
      isAccepting,
    }),
  })
  keepTickShape()
  giveBackStartMemory()
  await bind(server, settings)
  alerts.configure(live.current.config.alerts)
  const report = (): ProcessReport => ({
    snapshot: metrics.snapshot(inFlight.count),
    overview: overviewOf(live.current.engine.table, realClock),
    redis: redis && { place: redis.name, version: redis.version },
  })
  answerSupervisor({ report, models, routing, door: workerDoor(callAsKey) })
  const reports = {
    reloaded: (current: LiveConfig['current']) => {
      keys.configure(current.config.keys)
      configureBook(book, current.config)
      void putOnPlans(store.registry, current.config.planOf, Date.now()).then(
        (unknown) => unknown.forEach((account) => log.pino.error(unknownAccount(account))),
        (error: SpekaError) => log.pino.error({ cause: causeOf(error) }, `accounts keep their plans: ${error.message}`),
      )
      keepPlanVersions(store.registry, current.config.plans, Date.now()).catch((error: SpekaError) =>
        log.pino.error({ cause: causeOf(error) }, `what plans cost now is not kept: ${error.message}`),
      )
      alerts.configure(current.config.alerts)
      keys
        .configureCallers(current.config.identity.callers)
        .catch((error: Error) => log.pino.error(`tokens are taken as before: ${error.message}`))
      payments
        .configure(current.config.billing)
        .catch((error: Error) => log.pino.error(`payments are taken as before: ${error.message}`))
      for (const warning of current.config.warnings) log.pino.warn(warning)
      joinReplicas(store, current.config, log).catch((error: SpekaError) =>
        log.pino.warn({ cause: causeOf(error) }, `other replicas do not know of this configuration: ${error.message}`),
      )
      log.pino.info('configuration reloaded')
    },
    failed: (error: Error) => log.pino.error(`configuration not reloaded, the old one goes on: ${error.message}`),
  }
  live.watch(reports)

  let stopping: Promise<void> | undefined
  const stop = async (): Promise<void> => {
    accepting = false
    const { delayMs, timeoutMs } = live.current.config.shutdown
    log.pino.info({ in_flight: inFlight.count }, 'stopping')
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs))
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    await inFlight.drained(timeoutMs)
    server.closeAllConnections()
    await closed
    live.close()
    await sharedHealth?.close()
    await sharedEndings?.close()
    await keys.close()
    await limits.close()
    await payments.close()
    await mail?.close()
    await alerts.close()
    await endedResponses.close()
    await shared?.board.close()
    await redis?.close()
    await store.close()
    await transports.close()
    log.pino.info('stopped')
  }
  return {
    url: urlOf(server, settings.host),
    live,
    store,
    keys,
    log,
    report,
    models,
    routing,
    callAsKey,
    get broken() {
      return health.broken
    },
    reload: () => live.reload(reports),
    stop() {
      if (stopping !== undefined) inFlight.cutOff()
      return (stopping ??= stop())
    },
  }
}

function bind(server: Server, { host, port }: Settings): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new SettingsError(whyNotListening(error, host, port))),
    )
    server.listen({ host, port, backlog: 1024 }, resolve)
  })
}

function whyNotListening({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is in use. Stop the program that has it, or choose another: speka start --port ${port + 10}`
    case 'EACCES':
      return `Port ${port} needs privileges that this user does not have. Choose one above 1023: speka start --port 7735`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address ${host}. Choose one it has: speka start --host 127.0.0.1`
    default:
      return `Cannot listen on ${host}:${port}: ${message}`
  }
}

function urlOf(server: Server, host: string): string {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return urlAt(host, port)
}
