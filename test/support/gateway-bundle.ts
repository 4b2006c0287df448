import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { fingerprint } from '../../scripts/prepare.mjs'

const root = resolve(import.meta.dirname, '..', '..')

/** Names the bundle's folder to the processes that run the tests. Empty: gateways run from source. */
const FOLDER = 'SPEKA_TEST_GATEWAY'

/** What Node runs for a gateway. */
export interface GatewayProgram {
  readonly main: string
  /** `conformance/watch-process.ts`. */
  readonly watch: string
}

/** Says where the gateways of this run of the tests are bundled: anew whenever a source of theirs has changed. */
export function placeGatewayBundle(): void {
  const state = fingerprint(['core', 'server'], ['test/support'])
  process.env[FOLDER] ??= join(root, 'node_modules/.cache/speka-gateways', state.slice(0, 16))
}

/**
 * The gateway from source as a few files in place of a thousand, which is what most of the time of a start goes to. The first test
 * that starts one makes them. What runs outside Jest gets none.
 */
export async function gatewayBundle(): Promise<GatewayProgram | undefined> {
  const folder = process.env[FOLDER]
  if (!folder) return undefined
  // In a process of its own, since a bundler is a lot to load for each test file.
  if (!existsSync(folder)) await run(process.execPath, [join(import.meta.dirname, 'bundle-gateway.ts'), folder])
  return { main: join(folder, 'main.mjs'), watch: join(folder, 'watch-process.mjs') }
}

const run = promisify(execFile)
