import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'
import { join } from 'node:path'
import type { Cores } from '../processes/cores.ts'

const root = join(import.meta.dirname, '..', '..')

/** Which state of the repository is measured: a commit's short id, and whether there is more than that. */
export function measuredCommit(): string {
  const commit = git('rev-parse', '--short', 'HEAD')
  if (commit === undefined) return 'no commit'
  // What the benchmark measures is packages/; its own files may change as it writes its results.
  const changed = git('status', '--porcelain', '--', 'packages') !== ''
  return changed ? `${commit} with uncommitted changes` : commit
}

/** The machine and who runs where, in a few words. */
export function machine({ server, upstream, load }: Cores): string {
  const all = cpus()
  const model = all[0]?.model.trim() ?? 'unknown processor'
  const cores = `${model}, ${all.length} ${all.length === 1 ? 'core' : 'cores'}`
  if (server === undefined) return `${cores}, nobody held to a core`
  if (upstream === load) return `${cores}: server on one, upstream and load generator on the other`
  return `${cores}: server, upstream and load generator on one each`
}

function git(...args: string[]): string | undefined {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
}
