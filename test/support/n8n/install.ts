import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cacheFolder } from '../python/virtual-environment.ts'
import { runProgram } from '../run-program.ts'

/** A folder with packages in it, kept in the cache from one run to the next. */
interface Installation {
  readonly name: string
  /** What its `package.json` holds besides `private`. */
  readonly manifest: { readonly dependencies: Readonly<Record<string, string>>; readonly [field: string]: unknown }
  /** Packages whose own install scripts are needed. Those of all others do not run. */
  readonly build: readonly string[]
}

/** 2.41.3 cannot be installed: one of its packages is missing. It needs Node 24, whatever the machine has. */
const n8n: Installation = {
  name: 'n8n-2.41.1',
  manifest: {
    dependencies: { n8n: '2.41.1', node: '24.21.0' },
    overrides: { linkedom: '0.18.13' },
    allowScripts: { sqlite3: true, node: true },
  },
  build: ['sqlite3', 'node'],
}

/** n8n's own command line for packages of nodes: `n8n-node lint`. Its linter does not work with TypeScript 7. */
const nodeCli: Installation = {
  name: 'n8n-node-cli-0.48.3',
  manifest: { dependencies: { '@n8n/node-cli': '0.48.3', eslint: '9.29.0', typescript: '6.0.3' } },
  build: [],
}

const MARKER = '.complete'
const MINUTE = 60_000

export interface InstalledN8n {
  readonly folder: string
  /** The Node that it runs on. */
  readonly node: string
  /** Its command line, to be given to that Node. */
  readonly cli: string
}

/** n8n 2.41.1; installed now, which takes about five minutes and 3 GB, unless the cache has it. */
export async function installedN8n(): Promise<InstalledN8n> {
  const folder = await installed(n8n)
  return {
    folder,
    node: join(folder, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node'),
    cli: join(folder, 'node_modules/n8n/bin/n8n'),
  }
}

/** The folder with n8n's `n8n-node`; installed now unless the cache has it. */
export const installedNodeCli = (): Promise<string> => installed(nodeCli)

/**
 * Installs beside the final place and moves it there when it is complete, so that a run that was interrupted leaves nothing
 * that looks whole, and two runs at once do not meet.
 */
async function installed({ name, manifest, build }: Installation): Promise<string> {
  const folder = join(cacheFolder, name)
  const wanted = `${JSON.stringify({ private: true, ...manifest }, null, 2)}\n`
  if (await isComplete(folder, wanted)) return folder

  const scratch = `${folder}.installing-${process.pid}`
  await removeAbandoned(folder)
  await mkdir(scratch, { recursive: true })
  await writeFile(join(scratch, 'package.json'), wanted)
  await step(`Installing ${name}`, scratch, ['install', '--ignore-scripts'], 20 * MINUTE)
  if (build.length > 0) await step(`Building ${build.join(', ')}`, scratch, ['rebuild', ...build], 15 * MINUTE)
  await writeFile(join(scratch, MARKER), wanted)

  // Another run may have been quicker.
  if (await isComplete(folder, wanted)) {
    await rm(scratch, { recursive: true, force: true })
    return folder
  }
  await rm(folder, { recursive: true, force: true })
  await rename(scratch, folder)
  return folder
}

async function isComplete(folder: string, wanted: string): Promise<boolean> {
  const marker = join(folder, MARKER)
  return existsSync(marker) && (await readFile(marker, 'utf8')) === wanted
}

/** What runs left that were killed while they installed. */
async function removeAbandoned(folder: string): Promise<void> {
  const parent = dirname(folder)
  await mkdir(parent, { recursive: true })
  for (const name of await readdir(parent)) {
    const place = join(parent, name)
    if (!place.startsWith(`${folder}.installing-`)) continue
    if (!isRunning(Number(name.slice(name.lastIndexOf('-') + 1)))) await rm(place, { recursive: true, force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Progress goes straight to stderr, where it is seen while a test waits. */
async function step(name: string, folder: string, args: readonly string[], timeoutMs: number): Promise<void> {
  process.stderr.write(`${name}… `)
  const started = performance.now()
  const { code, stdout, stderr } = await runProgram('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    env: machineEnvironment(),
    timeoutMs,
  })
  const seconds = ((performance.now() - started) / 1000).toFixed(0)
  process.stderr.write(code === 0 ? `${seconds} s\n` : `failed after ${seconds} s\n`)
  if (code !== 0) throw new Error(`${name} ended with exit code ${code}:\n${stdout}${stderr}`)
}

/** Without what `npm run` sets for this repository: npm would take it for the folder's own. */
function machineEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^npm_(?:config|package|lifecycle)_/i.test(name))
  const path = (process.env['PATH'] ?? '').split(':').filter((folder) => !folder.includes('/node_modules/'))
  return { ...Object.fromEntries(inherited), PATH: path.join(':') }
}
