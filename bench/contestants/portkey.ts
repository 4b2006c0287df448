import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { runProgram } from '../../test/support/run-program.ts'
import { freePort } from '../../test/support/free-port.ts'
import { startProcess } from '../processes/start-process.ts'
import type { Entrant } from './contestant.ts'
import { waitUntilReady } from './wait-until-ready.ts'

const version = '1.15.2'

/** Later versions of these two do not go with it. */
const pinned = { hono: '4.9.7', '@hono/node-server': '1.13.7' }

/** Outside the repository, and kept from one run to the next. */
const folder = join(process.env['SPEKA_BENCH_CACHE'] ?? join(homedir(), '.cache', 'speka-bench'), `portkey-${version}`)
const script = join(folder, 'node_modules', '@portkey-ai', 'gateway', 'build', 'start-server.js')

/** The best-known peer on Node, with nothing switched on: no key is checked, nothing is metered. */
export const portkey: Entrant = {
  name: 'portkey',
  title: `Portkey ${version}`,
  async start({ upstreamPort, core, folder: cwd }) {
    const port = await freePort()
    const args = [script, `--port=${port}`, '--headless']
    const env = { NODE_ENV: 'production' }
    const process = await startProcess({ name: 'portkey', args, core, folder: cwd, env })
    try {
      await waitUntilReady(`http://127.0.0.1:${port}/`)
    } catch (error) {
      await process.stop()
      throw error
    }
    const headers = {
      authorization: 'Bearer sk-bench',
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': `http://127.0.0.1:${upstreamPort}/v1`,
    }
    return { name: 'portkey', process, endpoint: { port, headers } }
  },
}

/** Installs it unless it is there, and says so; resolves with the reason when it cannot be installed. */
export async function installPortkey(say: (line: string) => void): Promise<string | undefined> {
  const complete = join(folder, '.complete')
  if (existsSync(complete) && existsSync(script)) return undefined
  say(`Installing ${portkey.title} into a folder of its own…`)
  try {
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true })
    const dependencies = { '@portkey-ai/gateway': version, ...pinned }
    await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies, overrides: pinned }))
    const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', '--fetch-retries=1']
    const { code, stderr } = await runProgram('npm', ['install', '--prefix', folder, ...options], {
      timeoutMs: 120_000,
    })
    if (code !== 0) return stderr.trim().split('\n')[0] ?? `npm ended with ${code}`
    if (!existsSync(script)) return 'the package holds no server'
    await writeFile(complete, '')
    return undefined
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
  }
}
