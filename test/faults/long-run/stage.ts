import { startScriptedUpstream, type ScriptedUpstream, sayHello } from '../../support/scripted-upstream.ts'
import { spawnGateway, type Gateway } from '../../support/spawn-gateway.ts'

/** A gateway in a process of its own, between one upstream that does as it is told and one that is well. */
export interface Stage {
  readonly gateway: Gateway
  readonly faulty: ScriptedUpstream
  readonly well: ScriptedUpstream
  close(): Promise<void>
}

const PRICE = { input: '1', output: '2' }

/**
 * @param models by glob: which of `faulty`, `twin` (the same upstream) and `well` serve it.
 * @param more further providers, by address (and type, where it is not vllm), and timeouts.
 */
export async function openStage(
  models: Readonly<Record<string, readonly string[]>>,
  more: {
    providers?: Readonly<Record<string, string | { type: string; base_url: string }>>
    timeouts?: object
    routing?: object
  } = {},
): Promise<Stage> {
  const [faulty, well] = await Promise.all([startScriptedUpstream(), startScriptedUpstream(sayHello)])
  const addresses = { faulty: faulty.baseURL, twin: faulty.baseURL, well: well.baseURL, ...more.providers }
  const gateway = await spawnGateway(
    {
      providers: Object.fromEntries(
        Object.entries(addresses).map(([name, at]) => [
          name,
          { api_key: 'k', ...(typeof at === 'string' ? { type: 'vllm', base_url: at } : at) },
        ]),
      ),
      models: Object.fromEntries(
        Object.entries(models).map(([glob, providers]) => [
          glob,
          { targets: providers.map((provider) => ({ provider })), price: PRICE },
        ]),
      ),
      routing: more.routing ?? {},
      timeouts: more.timeouts ?? {},
      ledger: { durability: 'relaxed' },
    },
    { env: { SPEKA_LOG_LEVEL: 'fatal' }, unwatched: true },
  )
  return {
    gateway,
    faulty,
    well,
    async close() {
      await gateway.close()
      await Promise.all([faulty.close(), well.close()])
    },
  }
}

/** Does `work` so many times, on several at once, and says how far it is. */
export async function repeat(
  times: number,
  atOnce: number,
  work: (index: number) => Promise<void>,
  say: (done: number) => void,
): Promise<void> {
  let next = 0
  let done = 0
  const go = async (): Promise<void> => {
    while (next < times) {
      const index = next
      next += 1
      await work(index)
      done += 1
      say(done)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, go))
}
