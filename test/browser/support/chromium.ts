import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { cacheFolder } from '../../support/python/virtual-environment.ts'
import { runProgram } from '../../support/run-program.ts'

/** The environment variable that names the browser's program; a person may set it. */
export const CHROMIUM = 'SPEKA_CHROMIUM'

const INSTALLED_WITHIN_MS = 600_000

/** What keeps it quiet on a machine without a network, and lets it run where nobody may make name spaces. */
export const quietFlags: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Chromium's program. Debian's is installed when there is none; `undefined`, and a word on stderr, when it cannot be had. */
export async function findChromium(): Promise<string | undefined> {
  const there = process.env[CHROMIUM] || onPath()
  if (there) return there
  const failure = await install()
  const program = onPath()
  if (program === undefined) {
    process.stderr.write(
      `No Chromium, so the tests in a browser are skipped: ${failure}. Install one, or name one in ${CHROMIUM}.\n`,
    )
  }
  return program
}

function onPath(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const names = ['chromium', 'chromium-browser', 'google-chrome']
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((program) => existsSync(program))
}

/** @returns why it is not there, for when it is not. What was fetched is kept for the next machine with the same cache. */
async function install(): Promise<string> {
  if (process.getuid?.() !== 0) return 'only root may install it'
  const archives = join(cacheFolder, 'apt')
  await mkdir(join(archives, 'partial'), { recursive: true })
  process.stderr.write('Installing Chromium…\n')
  try {
    const options = ['-y', '--no-install-recommends', '-o', `Dir::Cache::archives=${archives}`]
    return (await apt('update')) || (await apt('install', ...options, 'chromium', 'fonts-dejavu-core'))
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** @returns what it says when it fails; else nothing. */
async function apt(...args: readonly string[]): Promise<string> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const ended = await runProgram('apt-get', args, { env, timeoutMs: INSTALLED_WITHIN_MS })
  return ended.code === 0 ? '' : ended.stderr.trim().split('\n').at(-1) || `apt-get ended with ${ended.code}`
}
