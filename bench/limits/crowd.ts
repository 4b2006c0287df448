import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeFlags } from '../../packages/server/src/cli/node-flags.ts'
import { createKeyRecord } from '../../packages/server/src/keys/create-key.ts'
import { openPepper } from '../../packages/server/src/keys/pepper.ts'
import type { LimitRecord } from '../../packages/server/src/store/records.ts'
import { storeIn } from '../../packages/server/src/store/open-store.ts'
import { freePort } from '../../test/support/free-port.ts'
import { waitUntilReady } from '../contestants/wait-until-ready.ts'
import { discard } from '../ledger/starts.ts'

export const MANY_KEYS = 10_000
export const MANY_LIMITS = 1000

/** It is asked what is alive: of what the kernel has given to it most is garbage, or was needed once. */
const TELLING = ['--expose-gc', `--import=${new URL('tell-memory.mjs', import.meta.url).href}`]

/** How many keys are made in one change. */
const AT_ONCE = 250

/** Amounts of limits, as the configuration says them. */
export interface Amounts {
  readonly usd?: string
  readonly window?: 'month'
  readonly rpm?: number
  readonly rpd?: number
  readonly tpm?: number
  readonly max_parallel?: number
}

/** A data folder with so many keys, and so many limits in turn of every kind, each of another key. */
export async function crowdedFolder(keys: number, limits: number): Promise<string> {
  const rules = rulesOf({ usd: '100', rpm: 600, tpm: 1_000_000, max_parallel: 100 })
  const { folder } = await fill(keys, (index) =>
    index < limits ? rules.slice(index % rules.length, (index % rules.length) + 1) : [],
  )
  return folder
}

/**
 * What a gateway takes of memory for each of so many keys, all with these limits and all used once, its own memory included: for
 * a difference.
 */
export async function bytesEachKey(keys: number, amounts: Amounts | undefined): Promise<number> {
  const rules = amounts === undefined ? [] : rulesOf(amounts)
  const { folder, minted } = await fill(keys, () => rules)
  const [port, adminPort] = [await freePort(), await freePort()]
  const main = join(import.meta.dirname, '..', '..', 'packages', 'server', 'dist', 'main.js')
  const args = ['start', '--port', `${port}`, '--admin-port', `${adminPort}`, '--data', folder]
  const gateway = spawn(process.execPath, [...nodeFlags, ...TELLING, main, ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, TMPDIR: tmpdir(), SPEKA_LOG_LEVEL: 'fatal' },
    cwd: folder,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const ended = once(gateway, 'exit')
  try {
    await waitUntilReady(`http://127.0.0.1:${port}/readyz`)
    await askWithEach(port, minted)
    gateway.send({ tellMemory: true })
    const [{ alive }] = (await once(gateway, 'message')) as [{ alive: number }]
    return alive / keys
  } finally {
    gateway.kill('SIGTERM')
    await ended
    discard(folder)
  }
}

type Rule = LimitRecord['rule']

function rulesOf({ usd, window = 'month', ...rates }: Amounts): readonly Rule[] {
  const kinds = ['rpm', 'rpd', 'tpm', 'max_parallel'] as const
  return [
    ...(usd === undefined ? [] : [{ kind: 'usd', usd, window } as const]),
    ...kinds.flatMap((kind) => {
      const amount = rates[kind]
      return amount === undefined ? [] : [{ kind, amount }]
    }),
  ]
}

interface Filled {
  readonly folder: string
  readonly minted: readonly string[]
}

async function fill(keys: number, rulesFor: (index: number) => readonly Rule[]): Promise<Filled> {
  const folder = mkdtempSync(join(tmpdir(), 'speka-bench-limits-'))
  const { registry, close } = await storeIn(folder).open()
  const pepper = await openPepper(undefined, folder, registry)
  const minted: string[] = []
  for (let made = 0; made < keys; made += AT_ONCE) {
    const writes = Array.from({ length: Math.min(AT_ONCE, keys - made) }, (_, place) => {
      const index = made + place
      const { key, record } = createKeyRecord({ name: `key ${index}`, mode: 'live' }, pepper)
      minted.push(key)
      const limits = rulesFor(index).map((rule, nth): LimitRecord => ({
        id: `lim_${index}_${nth}`,
        account: record.account,
        createdAt: record.createdAt,
        subject: { kind: 'key', id: record.id },
        rule,
        onReached: 'stop',
        since: 0,
        setBy: 'operator',
      }))
      return [{ kind: 'key' as const, after: record }, ...limits.map((after) => ({ kind: 'limit' as const, after }))]
    })
    await registry.change(writes.flat(), { at: Date.now(), actor: 'operator:cli', action: 'key.create' })
  }
  await close()
  return { folder, minted }
}

const body = JSON.stringify({
  model: 'speka/sandbox',
  messages: [{ role: 'user', content: 'Hello!' }],
  max_tokens: 10,
})

/** One request with each key, sixteen at once. */
async function askWithEach(port: number, keys: readonly string[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  let next = 0
  const go = async (): Promise<void> => {
    for (let key = keys[next]; key !== undefined; key = keys[next]) {
      next += 1
      await ask(port, key, agent)
    }
  }
  await Promise.all(Array.from({ length: 16 }, go))
  agent.destroy()
}

function ask(port: number, key: string, agent: Agent): Promise<void> {
  const headers = { authorization: `Bearer ${key}`, 'content-length': Buffer.byteLength(body) }
  return new Promise((resolve, reject) => {
    const asking = request(
      { port, host: '127.0.0.1', path: '/v1/chat/completions', agent, method: 'POST', headers },
      (response) => {
        response.resume().on('end', () => {
          if (response.statusCode === 200) resolve()
          else reject(new Error(`A key was answered with ${response.statusCode}.`))
        })
      },
    )
    asking.on('error', reject).end(body)
  })
}
