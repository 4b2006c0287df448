import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '../eventually.ts'
import { freePort } from '../free-port.ts'
import { cacheFolder } from '../python/virtual-environment.ts'

/** Stripe's own stand-in: it holds each request against the description of Stripe's API. https://github.com/stripe/stripe-mock */
const VERSION = 'v0.203.0'
const folder = join(cacheFolder, `stripe-mock-${VERSION}`)
const program = join(folder, 'stripe-mock')

export interface StripeMock {
  readonly url: string
  close(): void
}

/** @returns why it cannot be had. */
export function installStripeMock(): string | undefined {
  if (existsSync(program)) return undefined
  const { status, stderr, error } = spawnSync('go', ['install', `github.com/stripe/stripe-mock@${VERSION}`], {
    env: { ...process.env, GOBIN: folder },
    encoding: 'utf8',
  })
  if (error !== undefined) return 'Go is not installed.'
  return status === 0 ? undefined : `It could not be built: ${stderr.trim().split('\n').at(-1)}`
}

export async function startStripeMock(): Promise<StripeMock> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const mock = spawn(program, ['-http-addr', `127.0.0.1:${port}`], { stdio: 'ignore' })
  const isThere = (): Promise<boolean> =>
    fetch(url).then(
      () => true,
      () => false,
    )
  await eventually(isThere, 'stripe-mock listens')
  return { url, close: () => void mock.kill() }
}
