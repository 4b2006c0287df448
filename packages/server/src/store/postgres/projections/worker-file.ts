/**
 * One to fold with and one to read with; who folds also borrows the other for a moment, and who reads never waits for who folds.
 */
export const PROJECTOR_CONNECTIONS = 2

/** The module that has the projections: as source when this is source, built when this is built. */
export const projectorWorker = workerFile(import.meta.url)

function workerFile(here: string): URL {
  return new URL(here.endsWith('.ts') ? './projector-worker.ts' : './projector-worker.js', here)
}
