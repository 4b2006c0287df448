import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createKeyRecord } from '../../packages/server/src/keys/create-key.ts'
import { openPepper } from '../../packages/server/src/keys/pepper.ts'
import { storeIn } from '../../packages/server/src/store/open-store.ts'
import { freePort } from '../../test/support/free-port.ts'

const main = join(import.meta.dirname, '..', '..', 'packages', 'server', 'dist', 'main.js')
const LONGEST_MS = 60_000
/** How many keys are made in one change. */
const KEYS_AT_ONCE = 500

const environment = (folder: string) => ({ PATH: process.env['PATH'] ?? '', HOME: folder, TMPDIR: tmpdir() })

/** How long a command of the built `speka` takes, from its start to its end, in ms. */
export function timeCommand(folder: string, ...args: readonly string[]): number {
  const began = performance.now()
  const { status, stderr } = spawnSync(process.execPath, [main, ...args, '--data', folder], {
    env: environment(folder),
    encoding: 'utf8',
    timeout: LONGEST_MS,
  })
  if (status !== 0) throw new Error(`speka ${args.join(' ')} ended with ${status}: ${stderr}`)
  return performance.now() - began
}

/** How long the built gateway takes from its start until it is ready, in ms. */
export async function timeStart(folder: string): Promise<number> {
  const [port, adminPort] = [await freePort(), await freePort()]
  const args = ['start', '--port', `${port}`, '--admin-port', `${adminPort}`, '--data', folder]
  const began = performance.now()
  const gateway = spawn(process.execPath, [main, ...args], { env: environment(folder), cwd: folder, stdio: 'ignore' })
  const ended = once(gateway, 'exit')
  try {
    while (!(await isReady(port))) {
      if (gateway.exitCode !== null || performance.now() - began > LONGEST_MS)
        throw new Error(`The gateway on ${folder} did not become ready.`)
    }
    return performance.now() - began
  } finally {
    gateway.kill('SIGTERM')
    await ended
  }
}

const isReady = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/readyz`).then(
    async (response) => {
      await response.body?.cancel()
      return response.status === 200
    },
    () => new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 2)),
  )

/** A folder with a store of so many keys. */
export async function folderOfKeys(keys: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'speka-bench-keys-'))
  const { registry, close } = await storeIn(folder).open()
  const pepper = await openPepper(undefined, folder, registry)
  for (let made = 0; made < keys; made += KEYS_AT_ONCE) {
    const writes = Array.from({ length: Math.min(KEYS_AT_ONCE, keys - made) }, (_, index) => ({
      kind: 'key' as const,
      after: createKeyRecord({ name: `key ${made + index}`, mode: 'live' }, pepper).record,
    }))
    await registry.change(writes, { at: Date.now(), actor: 'operator:cli', action: 'key.create' })
  }
  await close()
  return folder
}

export const discard = (folder: string): void => rmSync(folder, { recursive: true, force: true })
