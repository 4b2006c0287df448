import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { eventually } from '../support/eventually.ts'
import { runSpeka } from '../support/run-speka.ts'
import { spawnGateway, type Gateway } from '../support/spawn-gateway.ts'
import { startHonestUpstream } from './honest-upstream.ts'
import { addUp, honestConfig, type Charges, type LimitedProcesses } from './limited-processes.ts'
import { AROUND, makePrompts } from './prompts.ts'

/** Another process's change of a limit is known everywhere after so long, in ms. */
const KNOWN_EVERYWHERE_MS = 1500

/** Three processes on one SQLite. */
export interface LimitedGateway extends LimitedProcesses {
  readonly gateway: Gateway
  /** The processes that settle. */
  workers(): readonly number[]
}

const WORKERS = 3

export async function startLimitedGateway(workers = WORKERS): Promise<LimitedGateway> {
  const prompts = makePrompts()
  const tokens = new Map(prompts.map((prompt) => [prompt.text, prompt.tokens]))
  const upstream = await startHonestUpstream((text) => tokens.get(text) ?? AROUND)
  const gateway = await spawnGateway(honestConfig(upstream.baseURL), {
    unwatched: true,
    args: ['--workers', String(workers)],
    env: { SPEKA_LOG_LEVEL: 'fatal' },
  }).catch(async (error: unknown) => {
    await upstream.close()
    throw error
  })
  const running = (): readonly number[] => (workers === 1 ? [gateway.pid()] : childrenOf(gateway.pid()))
  const started: LimitedGateway = {
    gateway,
    upstream,
    prompts,
    baseURL: () => gateway.baseURL,
    workers: running,
    whole: () => eventually(() => running().length === workers, 'all processes run'),
    async speka(command) {
      const { code, out, error } = await runSpeka(command, { SPEKA_DATA_DIR: gateway.data })
      if (code !== 0) throw new Error(`speka ${command} ends with ${code}: ${error}`)
      return out
    },
    async createKey(name, options) {
      const made = await started.speka(`keys create --name ${name} ${options} --json`.replace(/ +/g, ' '))
      return JSON.parse(made) as { id: string; key: string }
    },
    inForce: () => wait(KNOWN_EVERYWHERE_MS),
    charges: async (keyId) => chargesOf(gateway, keyId),
    async close() {
      await gateway.close().finally(() => upstream.close())
    },
  }
  await started.whole()
  return started
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
}

function chargesOf({ data }: Gateway, keyId: string): Charges {
  const db = new DatabaseSync(join(data, 'speka.sqlite'), { readOnly: true })
  try {
    const rows = db
      .prepare(`SELECT id, charge_pico AS charge, record ->> 'upstreamId' AS name FROM usage_record WHERE key_id = ?`)
      .all(keyId) as unknown as { id: string; charge: number | null; name: string | null }[]
    return addUp(
      rows.map(({ id, charge, name }) => ({
        id,
        charge: charge === null ? undefined : BigInt(charge),
        name: name ?? undefined,
      })),
    )
  } finally {
    db.close()
  }
}
