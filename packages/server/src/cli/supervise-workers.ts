import cluster, { type Worker } from 'node:cluster'
import { SpekaError, type ModelEntry } from '@speka/core'
import { askWorkers } from '../admin/ask-workers.ts'
import { callByWorker } from '../admin/call-over-workers.ts'
import type { ProcessReport } from '../admin/gather-metrics.ts'
import type { AdminListener } from '../admin/listen.ts'
import { FollowedConfig } from '../config/followed-config.ts'
import type { Settings } from '../config/settings.ts'
import { reachableUrl, urlAt } from '../http/reachable-url.ts'
import { isRecallMessage, type RecallPeer } from '../limits/recall-messages.ts'
import { openRateDesk, workerPeer } from '../limits/open-rates.ts'
import { RecallRelay } from '../limits/recall-relay.ts'
import type { RoutingView } from '../operations/gateway-view.ts'
import { storeOf } from '../store/open-store.ts'
import type { Store } from '../store/store.ts'
import { createLog } from '../telemetry/log.ts'
import type { Terminal } from './command.ts'
import { openAdmin, type Processes } from './open-admin.ts'

/** The pause before a worker that ended by itself is replaced, in ms: twice as long each time that one has not even started. */
const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 30_000
/** The pause before the operator's listener is tried again, when its store cannot be opened, in ms. */
const LATER_MS = 5000

/** Set for the worker that greets, and makes what is missing: the first, or whoever comes in its place. */
const GREETS = 'SPEKA_WORKER_GREETS'

/** What a worker says that was refused to start by something the operator has to mend. */
const REFUSED = { spekaRefused: true } as const

/** Whether this process is the one that greets: the only one, or the first of several that starts. */
export const isFirstWorker = (): boolean => cluster.worker === undefined || process.env[GREETS] === 'yes'

/** Whether this process only looks after others. */
export const isSupervisor = (workers: number): boolean => workers > 1 && cluster.isPrimary

/** Tells the supervisor, if there is one, that trying again would end the same way, and lets go of it: a worker ends no sooner. */
export function tellRefused(): void {
  if (cluster.worker === undefined) return
  process.send?.(REFUSED)
  cluster.worker.disconnect()
}

/**
 * Runs this very command in `count` processes that share the port, passes signals on to them, and replaces one that
 * breaks. What the operator has to mend ends it, as long as nobody has ever listened. Should this process die, its workers
 * end too.
 *
 * @returns the exit code, once every worker has ended: 0 when all were asked to.
 */
export async function superviseWorkers(count: number, settings: Settings, terminal: Terminal): Promise<number> {
  const workers = new Set<Worker>()
  const pauses = new Set<NodeJS.Timeout>()
  const recalls = new RecallRelay()
  const rates = openRateDesk(settings.dataDir, createLog(settings.logLevel))
  const over = Promise.withResolvers<number>()
  let stopping = false
  let code = 0
  let someListened = false
  let failedStarts = 0
  let admin: AdminListener | undefined
  let port = settings.port

  const stop = (signal: NodeJS.Signals): void => {
    stopping = true
    admin?.close()
    for (const pause of pauses) clearTimeout(pause)
    passOn(signal, workers)
    if (workers.size === 0) over.resolve(code)
  }

  const start = (): void => {
    const worker = cluster.fork({ [GREETS]: someListened ? 'no' : 'yes' })
    let listening = false
    let refused = false
    const peer = recallPeerOf(worker)
    workers.add(worker)
    recalls.join(peer)
    const ratePeer = workerPeer(worker)
    rates.join(ratePeer)
    worker.on('message', (message: Partial<typeof REFUSED>) => {
      if (message?.spekaRefused === true) refused = true
    })
    worker.once('listening', (address) => {
      port = address.port
      listening = someListened = true
      failedStarts = 0
      openAdminOnce()
      // The first greets and makes what is missing, so that the others find it.
      if (workers.size + pauses.size < count && !stopping) start()
    })
    worker.once('exit', (exitCode: number | null, signal: string | null) => {
      workers.delete(worker)
      recalls.leave(peer)
      rates.leave(ratePeer)
      if (!stopping && (!refused || someListened)) {
        void tellEnd(worker, settings)
        startLater(listening, signal ?? `code ${exitCode}`)
        return
      }
      // It has said why it was refused, and the others would fare no better. One that was still starting when all were
      // told to stop has no exit code, and none is missed.
      code = Math.max(code, exitCode ?? (stopping ? 0 : 1))
      if (!stopping) stop('SIGTERM')
      else if (workers.size === 0) over.resolve(code)
    })
  }

  const startLater = (hadListened: boolean, how: string): void => {
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** failedStarts, LONGEST_PAUSE_MS)
    if (!hadListened) failedStarts += 1
    const what = hadListened ? 'has ended' : 'has ended while it started,'
    terminal.error(`A worker ${what} with ${how}; another takes its place in ${pauseMs / 1000} s.`)
    const pause = setTimeout(() => {
      pauses.delete(pause)
      start()
    }, pauseMs)
    pauses.add(pause)
  }

  const processes = processesOf(workers, () => reachableUrl(urlAt(settings.host, port)))

  /** Behind the greeting: what it prints belongs there. */
  const openAdminOnce = (): void => {
    if (admin !== undefined || stopping) return
    openAdminOf(processes, settings, terminal).then(
      (opened) => {
        if (stopping) opened?.close()
        else admin = opened
      },
      (error: unknown) => {
        terminal.error(error instanceof Error ? error.message : String(error))
        if (SpekaError.is(error)) {
          // The workers may go on without, and look after the store themselves.
          setTimeout(openAdminOnce, LATER_MS).unref()
          return
        }
        code = 1
        stop('SIGTERM')
      },
    )
  }

  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('SIGHUP', (signal) => passOn(signal, workers))
  start()
  return over.promise
}

const recallPeerOf = (worker: Worker): RecallPeer => ({
  send(message, failed) {
    // One that is going takes no message, and says so by an error where nobody listens.
    if (!worker.isConnected()) return failed()
    worker.send(message, undefined, undefined, (error) => {
      if (error !== null) failed()
    })
  },
  hear(listener) {
    worker.on('message', (message: unknown) => {
      if (isRecallMessage(message)) listener(message)
    })
  },
})

const processesOf = (workers: ReadonlySet<Worker>, url: () => string): Omit<Processes, 'config'> => ({
  url,
  callAsKey: callByWorker(workers),
  reports: () => askWorkers<ProcessReport>(workers, 'report'),
  // They all have the same configuration: the first that answers will do.
  models: async () => (await askWorkers<readonly ModelEntry[]>(workers, 'models'))[0] ?? [],
  async routing() {
    const [routing] = await askWorkers<RoutingView>(workers, 'routing')
    if (routing !== undefined) return routing
    throw new SpekaError('invalid_request', 'No worker has answered. Try again in a moment.')
  },
})

/** The operator's listener of several workers, on a store of its own. */
async function openAdminOf(
  processes: Omit<Processes, 'config'>,
  settings: Settings,
  terminal: Terminal,
): Promise<AdminListener | undefined> {
  // Made by the worker that greets: should it be gone by now, it is missed, and none is made in its place.
  const store = await storeOf(settings).open({ mustExist: true })
  const followed = await follow(settings, store)
  const reload = (): void => followed.reload()
  const letGo = async (): Promise<void> => {
    process.off('SIGHUP', reload)
    followed.close()
    await store.close()
  }
  process.on('SIGHUP', reload)
  const config = () => followed.current
  const opened = await openAdmin(settings, store, { ...processes, config }, terminal).catch(async (error: unknown) => {
    await letGo()
    throw error
  })
  if (opened === undefined) {
    await letGo()
    return undefined
  }
  return {
    ...opened,
    close() {
      opened.close()
      void letGo()
    },
  }
}

/** What it serves by, as the configuration is now. */
async function follow(settings: Settings, store: Store): Promise<FollowedConfig> {
  try {
    return new FollowedConfig(settings)
  } catch (error) {
    await store.close()
    throw error
  }
}

/** Writes down that a worker has ended as an owner of records, since it may not have come to say so itself. */
async function tellEnd({ process: { pid } }: Worker, settings: Settings): Promise<void> {
  if (pid === undefined) return
  try {
    const place = storeOf(settings)
    if (!(await place.exists())) return
    const store = await place.open({ mustExist: true })
    await store.ledger.endOwnersOf(pid).finally(() => store.close())
  } catch {
    // Whoever takes its place finds its process gone.
  }
}

function passOn(signal: NodeJS.Signals, workers: ReadonlySet<Worker>): void {
  for (const worker of workers) worker.process.kill(signal)
}
