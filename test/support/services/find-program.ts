import { existsSync, readdirSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { cacheFolder } from '../python/virtual-environment.ts'
import { runProgram } from '../run-program.ts'

const INSTALLED_WITHIN_MS = 600_000

/** A program of one of Debian's packages. */
export interface WantedProgram {
  /** Its name, as it lies in a folder of programs. */
  readonly name: string
  /** The package that it comes with. */
  readonly debian: string
  /** Folders beside those of `PATH`. @default none */
  readonly folders?: readonly string[]
}

/** Where PostgreSQL's own programs lie, the newest version first: not all of them are on the path. */
export const postgresFolders = (): string[] => {
  const versions = '/usr/lib/postgresql'
  if (!existsSync(versions)) return []
  return readdirSync(versions)
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => join(versions, version, 'bin'))
}

/** @returns Its path; `undefined` when it is not installed. */
export function findProgram({ name, folders = [] }: WantedProgram): string | undefined {
  const all = [...folders, ...(process.env['PATH'] ?? '').split(delimiter)]
  return all.map((folder) => join(folder, name)).find((program) => existsSync(program))
}

/**
 * Installs Debian's packages, those that are named. What was fetched is kept for the next machine with the same cache.
 *
 * @returns why they are not there; `undefined` when they are.
 */
export async function installPackages(packages: readonly string[]): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'only root may install them'
  const archives = join(cacheFolder, 'apt')
  await mkdir(join(archives, 'partial'), { recursive: true })
  process.stderr.write(`Installing ${packages.join(', ')}…\n`)
  const options = ['-y', '--no-install-recommends', '-o', `Dir::Cache::archives=${archives}`]
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return withoutServices(async () => {
    for (const args of [['update'], ['install', ...options, ...packages]]) {
      const ended = await runProgram('apt-get', args, { env, timeoutMs: INSTALLED_WITHIN_MS })
      if (ended.code !== 0) return ended.stderr.trim().split('\n').at(-1) ?? `apt-get ended with ${ended.code}`
    }
    return undefined
  })
}

/** Asked by Debian's packages before they start their services; see invoke-rc.d(8). */
const POLICY = '/usr/sbin/policy-rc.d'

/** Has no service started that is installed meanwhile: tests start their own. Where somebody has a policy already, it stays. */
async function withoutServices<T>(work: () => Promise<T>): Promise<T> {
  if (existsSync(POLICY)) return work()
  await writeFile(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    return await work()
  } finally {
    await rm(POLICY, { force: true })
  }
}
