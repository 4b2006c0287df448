import { join } from 'node:path'
import { startProcess, type Process } from '../processes/start-process.ts'
import type { Job, ResultOf } from './job.ts'

/** The load generator, seen from the benchmark. */
export interface Load {
  readonly process: Process
  /** Resolves with what the job found. Rejects when it could not be done. */
  run<J extends Job>(job: J): Promise<ResultOf<J>>
}

/** No job may last longer, whatever happens to it. */
const LONGEST_JOB_MS = 180_000

/** Starts the load generator on `core`. */
export async function startLoad(core: number | undefined, folder: string): Promise<Load> {
  const child = await startProcess({
    name: 'load',
    args: [join(import.meta.dirname, 'main.ts')],
    core,
    folder,
  })
  return {
    process: child,
    async run<J extends Job>(job: J): Promise<ResultOf<J>> {
      const answer = (await child.ask(job, LONGEST_JOB_MS)) as { result?: ResultOf<J>; error?: string }
      if (answer.result === undefined) throw new Error(answer.error ?? 'The load generator gave no result.')
      return answer.result
    },
  }
}
