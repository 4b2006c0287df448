import cluster, { type Worker } from 'node:cluster'
import { gatherFromWorkers } from '../admin/gather-metrics.ts'
import type { AdminListener } from '../admin/listen.ts'
import type { Settings } from '../config/settings.ts'
import type { Terminal } from './command.ts'
import { openAdmin } from './open-admin.ts'

/** How long to wait before a worker that ended by itself is replaced, in ms. */
const RESPAWN_MS = 1000

/** Whether this process is the one that greets: the only one, or the first of several. */
export const isFirstWorker = (): boolean => cluster.worker === undefined || cluster.worker.id === 1

/** Whether this process only looks after others. */
export const isSupervisor = (workers: number): boolean => workers > 1 && cluster.isPrimary

/**
 * Runs this very command in `count` processes that share the port, passes signals on to them, and replaces one that
 * breaks. Should this process die, its workers end too.
 *
 * @returns the exit code, once every worker has ended: 0 when all were asked to.
 */
export async function superviseWorkers(count: number, settings: Settings, terminal: Terminal): Promise<number> {
  const workers = new Set<Worker>()
  const over = Promise.withResolvers<number>()
  let stopping = false
  let code = 0
  let admin: AdminListener | undefined

  const stop = (signal: NodeJS.Signals): void => {
    stopping = true
    admin?.close()
    passOn(signal, workers)
  }

  const start = (): void => {
    const worker = cluster.fork()
    let listening = false
    workers.add(worker)
    worker.once('listening', () => {
      listening = true
      openAdminOnce()
      // The first greets and makes what is missing, so that the others find it.
      if (workers.size < count && !stopping) start()
    })
    worker.once('exit', (exitCode: number | null) => {
      workers.delete(worker)
      if (!stopping && listening) {
        terminal.error(`A worker has ended with code ${exitCode}; another takes its place.`)
        setTimeout(() => {
          if (!stopping) start()
        }, RESPAWN_MS)
        return
      }
      // One that could not even start has said why, and the others would fare no better. One that was still starting
      // when all were told to stop has no exit code, and none is missed.
      code = Math.max(code, exitCode ?? (stopping ? 0 : 1))
      if (!stopping) stop('SIGTERM')
      if (workers.size === 0) over.resolve(code)
    })
  }

  /** Behind the greeting: what it prints belongs there. */
  const openAdminOnce = (): void => {
    if (admin !== undefined || stopping) return
    openAdmin(settings, { metrics: () => gatherFromWorkers(workers) }, terminal).then(
      (opened) => {
        if (stopping) opened?.close()
        else admin = opened
      },
      (error: unknown) => {
        terminal.error(error instanceof Error ? error.message : String(error))
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

function passOn(signal: NodeJS.Signals, workers: ReadonlySet<Worker>): void {
  for (const worker of workers) worker.process.kill(signal)
}
