import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { done } from '../pack-packages.ts'
import { cacheFolder } from '../python/virtual-environment.ts'
import { runProgram } from '../run-program.ts'
import { node } from '../spawn-gateway.ts'

/** The local runtime of Cloudflare Workers. */
const VERSION = '4.20260426.0'

/** Starts a worker, sends it one request, and prints what it answered. */
const driver = `
import { readFileSync } from 'node:fs'
import { Miniflare } from 'miniflare'

const [file] = process.argv.slice(2)
const workers = new Miniflare({
  modules: [{ type: 'ESModule', path: 'worker.mjs', contents: readFileSync(file, 'utf8') }],
  compatibilityDate: '2026-01-01',
})
try {
  const response = await workers.dispatchFetch('http://worker/', { method: 'POST', body: readFileSync(0) })
  process.stdout.write(JSON.stringify({ status: response.status, body: await response.text() }))
} finally {
  await workers.dispose()
}
`

/** What a worker answers to one request. The runtime is installed into the cache when it is not there yet. */
export async function askWorker(file: string, request: object): Promise<{ status: number; body: string }> {
  const folder = await installed()
  const { stdout, stderr, code } = await runProgram(node, [join(folder, 'driver.mjs'), file], {
    cwd: folder,
    input: JSON.stringify(request),
  })
  if (code !== 0) throw new Error(`The worker did not answer:\n${stderr}`)
  return JSON.parse(stdout) as { status: number; body: string }
}

async function installed(): Promise<string> {
  const folder = join(cacheFolder, 'miniflare', VERSION)
  if (!existsSync(join(folder, 'node_modules', 'miniflare'))) {
    process.stderr.write(`Installing miniflare ${VERSION}…\n`)
    const draft = `${folder}.${process.pid}`
    await mkdir(draft, { recursive: true })
    await writeFile(join(draft, 'package.json'), JSON.stringify({ private: true }))
    await done('npm', ['install', '--no-audit', '--no-fund', `miniflare@${VERSION}`], {
      cwd: draft,
      timeoutMs: 300_000,
    })
    await rm(folder, { recursive: true, force: true })
    await rename(draft, folder)
  }
  await writeFile(join(folder, 'driver.mjs'), driver)
  return folder
}
