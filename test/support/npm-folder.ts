import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { strangersEnvironment } from './pack-packages.ts'
import { cacheFolder } from './python/virtual-environment.ts'
import { runProgram } from './run-program.ts'

/**
 * A folder with just these packages, each with its version: made once and kept in the cache.
 *
 * @param name what the folder is for.
 */
export async function npmFolder(name: string, packages: readonly string[]): Promise<string> {
  const folder = join(cacheFolder, name, packages.join('+').replaceAll('/', '-'))
  const complete = join(folder, '.complete')
  if (existsSync(complete)) return folder
  // What an interrupted run left cannot be trusted.
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'stranger', private: true, type: 'module' }))
  const { code, stderr } = await runProgram('npm', ['install', '--no-audit', '--no-fund', ...packages], {
    cwd: folder,
    env: strangersEnvironment(),
    timeoutMs: 280_000,
  })
  if (code !== 0) throw new Error(`npm install ended with exit code ${code}: ${stderr}`)
  await writeFile(complete, '')
  return folder
}
