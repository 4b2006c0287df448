import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { runProgram } from '../test/support/run-program.ts'

/** The checkout that the benchmark itself is part of. */
export const REPOSITORY = join(import.meta.dirname, '..')

const cache = process.env['SPEKA_BENCH_CACHE'] ?? join(homedir(), '.cache', 'speka-bench')

/**
 * A built copy of the repository as it was at `reference`, outside of it, and kept for the next comparison.
 *
 * @returns its folder.
 * @throws Error when there is no such commit, or it cannot be built.
 */
export async function prepareCheckout(reference: string, say: (line: string) => void): Promise<string> {
  const commit = (await must('git', ['rev-parse', '--verify', '--quiet', `${reference}^{commit}`])).trim()
  const folder = join(cache, `at-${commit.slice(0, 12)}`)
  const complete = join(folder, '.complete')
  if (existsSync(complete)) return folder
  say(`Building ${reference} (${commit.slice(0, 7)}) in a folder of its own…`)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const archive = `${folder}.tar`
  await must('git', ['archive', '--output', archive, commit])
  await must('tar', ['-xf', archive, '-C', folder])
  await rm(archive)
  const prepare = pathToFileURL(join(folder, 'scripts', 'prepare.mjs')).href
  const steps = `const { install, build } = await import('${prepare}'); await install('server'); await build()`
  await must(process.execPath, ['--input-type=module', '--eval', steps])
  await writeFile(complete, '')
  return folder
}

async function must(program: string, args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram(program, args, { timeoutMs: 600_000, cwd: REPOSITORY })
  if (code === 0) return stdout
  throw new Error(`${program} ${args.join(' ').slice(0, 200)} ended with ${code}: ${stderr.trim().slice(-1000)}`)
}
