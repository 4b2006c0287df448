import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Contestant, Entrant } from './contestants/contestant.ts'
import { startLoad, type Load } from './load/load.ts'
import type { Watched } from './load/job.ts'
import type { Cores } from './processes/cores.ts'
import { startProcess, type Process } from './processes/start-process.ts'

const root = join(import.meta.dirname, '..')

/** Everything that runs during a benchmark, and the folder it runs in. */
export class Stage {
  readonly cores: Cores
  readonly load: Load
  readonly upstream: Process
  readonly upstreamPort: number
  readonly #folder: string
  readonly #contestants = new Set<Contestant>()
  #folders = 0

  private constructor(cores: Cores, load: Load, upstream: Process, upstreamPort: number, folder: string) {
    this.cores = cores
    this.load = load
    this.upstream = upstream
    this.upstreamPort = upstreamPort
    this.#folder = folder
  }

  /** Starts the upstream and the load generator, in a folder of its own on the disk of the checkout. */
  static async open(cores: Cores): Promise<Stage> {
    await mkdir(join(root, '.speka'), { recursive: true })
    const folder = await mkdtemp(join(root, '.speka', 'bench-'))
    const started: Process[] = []
    try {
      const args = [join(import.meta.dirname, 'upstream.ts')]
      const upstream = await startProcess({ name: 'upstream', args, core: cores.upstream, folder })
      started.push(upstream)
      const { port } = (await upstream.hear(10_000)) as { port: number }
      const load = await startLoad(cores.load, folder)
      return new Stage(cores, load, upstream, port, folder)
    } catch (error) {
      for (const child of started) await child.stop()
      await rm(folder, { recursive: true, force: true })
      throw error
    }
  }

  /** Starts a contestant with an empty folder. Several workers share all cores, since one holds no more than one of them. */
  async enter(entrant: Entrant, workers = 1): Promise<Contestant> {
    const folder = join(this.#folder, `${(this.#folders += 1)}`)
    await mkdir(folder)
    const core = workers === 1 ? this.cores.server : undefined
    const contestant = await entrant.start({ upstreamPort: this.upstreamPort, core, workers, folder })
    this.#contestants.add(contestant)
    return contestant
  }

  async leave(contestant: Contestant): Promise<void> {
    this.#contestants.delete(contestant)
    await contestant.process.stop()
  }

  /** What the load generator keeps an eye on while it works; no contestant: only itself and the upstream. */
  watched(contestant?: Contestant): Watched {
    return {
      serverPid: contestant?.process.pid,
      upstreamPid: this.upstream.pid,
      serverCore: contestant === undefined ? undefined : this.cores.server,
    }
  }

  /** The version of Node of every process that takes part, asked of each. */
  nodeVersions(contestants: readonly Contestant[] = [...this.#contestants]): Record<string, string> {
    const processes = [this.upstream, this.load.process, ...contestants.map((contestant) => contestant.process)]
    return Object.fromEntries(processes.map(({ name, nodeVersion }) => [name, nodeVersion]))
  }

  /** Stops everything and deletes the folder. */
  async close(): Promise<void> {
    const all = [...this.#contestants].map((contestant) => contestant.process)
    await Promise.all([...all, this.upstream, this.load.process].map((child) => child.stop()))
    await rm(this.#folder, { recursive: true, force: true })
  }
}
