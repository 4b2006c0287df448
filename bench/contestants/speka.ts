import { randomBytes } from 'node:crypto'
import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { nodeFlags } from '../../packages/server/src/cli/node-flags.ts'
import { startProcess } from '../processes/start-process.ts'
import { freePort } from '../../test/support/free-port.ts'
import type { ContestantName, Entrant } from './contestant.ts'
import { waitUntilReady } from './wait-until-ready.ts'

/** Where a checkout has its built server. */
const dist = (checkout: string): string => join(checkout, 'packages', 'server', 'dist')
const here = dist(join(import.meta.dirname, '..', '..'))

/** Speka as its users run it: built, a key checked, every request priced and in the ledger before its last byte goes out. */
export const speka: Entrant = entrant('speka', 'Speka', 'strict')

/** For information: the ledger is flushed every 50 ms, and a crash loses what was not. */
export const spekaRelaxed: Entrant = entrant('speka-relaxed', 'Speka, relaxed ledger', 'relaxed')

/** Speka as another checkout, already built, has it: with the flags that one gives itself. */
export async function spekaAt(name: ContestantName, title: string, checkout: string): Promise<Entrant> {
  const flagsFile = pathToFileURL(join(dist(checkout), 'cli', 'node-flags.js')).href
  const { nodeFlags: flags } = (await import(flagsFile)) as { nodeFlags: readonly string[] }
  return entrant(name, title, 'strict', dist(checkout), flags)
}

/** What stands in the way of a key, and what else is there. */
export interface Surrounded {
  /** Of the key, as the configuration has them. */
  readonly limits?: object
  /** A data folder to begin with, which is copied. */
  readonly data?: string
  /** Settings, such as the database that it shares with others. */
  readonly env?: Readonly<Record<string, string>>
  /** A key that others have too. Default: one of its own. */
  readonly key?: string
}

/** Speka with limits, and with much in its store. */
export const spekaWith = (name: ContestantName, title: string, surrounded: Surrounded): Entrant =>
  entrant(name, title, 'strict', here, nodeFlags, surrounded)

function entrant(
  name: ContestantName,
  title: string,
  durability: 'strict' | 'relaxed',
  folderOfServer = here,
  flags: readonly string[] = nodeFlags,
  { limits, data, env = {}, key: shared }: Surrounded = {},
): Entrant {
  return {
    name,
    title,
    async start({ upstreamPort, core, workers, folder }) {
      const port = await freePort()
      const key = shared ?? newKey()
      const configFile = join(folder, `${name}.json`)
      await writeFile(configFile, JSON.stringify(configuration(upstreamPort, { key, limits, durability }), null, 2))
      const dataFolder = join(folder, `${name}-data`)
      if (data !== undefined) await cp(data, dataFolder, { recursive: true })
      const settings = ['--port', `${port}`, '--data', dataFolder, '--config', configFile]
      if (workers > 1) settings.push('--workers', `${workers}`)
      // The flags it gives itself, unless somebody holds a channel to it, as the benchmark does.
      const args = [...flags, join(folderOfServer, 'main.js'), 'start', ...settings]
      const process = await startProcess({ name, args, core, folder, env })
      try {
        await waitUntilReady(`http://127.0.0.1:${port}/readyz`)
      } catch (error) {
        await process.stop()
        throw error
      }
      return { name, process, endpoint: { port, headers: { authorization: `Bearer ${key}` } } }
    },
  }
}

export const newKey = (): string => `sk-speka-live-${randomBytes(24).toString('hex')}`

const price = { input: '1', output: '2', cached_input: '0.1' }

interface Configured {
  readonly key: string
  readonly limits: object | undefined
  readonly durability: 'strict' | 'relaxed'
}

const configuration = (upstreamPort: number, { key, limits, durability }: Configured): object => ({
  providers: {
    upstream: { type: 'openai-compatible', base_url: `http://127.0.0.1:${upstreamPort}/v1`, api_key: 'sk-upstream' },
    anthropic: { type: 'anthropic', base_url: `http://127.0.0.1:${upstreamPort}/v1`, api_key: 'sk-upstream' },
    openai: { type: 'openai', base_url: `http://127.0.0.1:${upstreamPort}/v1`, api_key: 'sk-upstream' },
    gemini: { type: 'gemini', base_url: `http://127.0.0.1:${upstreamPort}/v1beta`, api_key: 'sk-upstream' },
  },
  models: {
    'mock*': { targets: [{ provider: 'upstream' }], price },
    'mock-anthropic*': { targets: [{ provider: 'anthropic' }], price },
    'mock-responses*': { targets: [{ provider: 'openai' }], price },
    'mock-gemini*': { targets: [{ provider: 'gemini' }], price },
    'mock-vectors': { targets: [{ provider: 'upstream', model: 'mock-vectors-1' }], price, endpoints: ['embeddings'] },
  },
  keys: [{ name: 'bench', key, plan: 'none', ...(limits !== undefined && { limits }) }],
  ledger: { durability },
  // What is left when the benchmark ends is not worth waiting for.
  shutdown: { timeout_ms: 1000 },
})
