import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from './python/virtual-environment.ts'
import { done, manifestIn, root } from './pack-packages.ts'

/** The oldest Node that users may have: what `engines` of the packages says. */
export const OLDEST_NODE = '22.19.0'

/** The Node of this repository. */
export const PINNED_NODE = manifestIn(join(root, 'node_modules', 'node')).version

/** The folder that holds the program `node` of a version: the repository's own, or one that is installed once into the cache. */
export async function folderOfNode(version: string): Promise<string> {
  if (version === PINNED_NODE) return join(root, 'node_modules', 'node', 'bin')
  const folder = join(cacheFolder, 'node', version)
  const bin = join(folder, 'node_modules', 'node', 'bin')
  if (existsSync(join(bin, 'node'))) return bin

  process.stderr.write(`Installing Node ${version}…\n`)
  const draft = `${folder}.${process.pid}`
  await mkdir(draft, { recursive: true })
  // It fetches its binary in an install script, which npm asks permission for.
  await writeFile(
    join(draft, 'package.json'),
    JSON.stringify({ private: true, allowScripts: { [`node@${version}`]: true } }),
  )
  await done('npm', ['install', '--no-audit', '--no-fund', `node@${version}`], { cwd: draft, timeoutMs: 300_000 })
  await rm(folder, { recursive: true, force: true })
  await rename(draft, folder)
  return bin
}
