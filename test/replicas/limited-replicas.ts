import { startHonestUpstream } from '../limits/honest-upstream.ts'
import { addUp, honestConfig, type LimitedProcesses } from '../limits/limited-processes.ts'
import { AROUND, makePrompts } from '../limits/prompts.ts'
import { chargedTo } from './look-at-ledger.ts'
import { startReplicas, type ReplicaOptions, type Replicas } from './replicas.ts'

/** Replicas in front of an upstream that is honest. */
export interface LimitedReplicas extends LimitedProcesses {
  readonly replicas: Replicas
}

export async function startLimitedReplicas(options?: ReplicaOptions): Promise<LimitedReplicas> {
  const prompts = makePrompts()
  const tokens = new Map(prompts.map((prompt) => [prompt.text, prompt.tokens]))
  const upstream = await startHonestUpstream((text) => tokens.get(text) ?? AROUND)
  const replicas = await startReplicas(honestConfig(upstream.baseURL), options).catch(async (error: unknown) => {
    await upstream.close()
    throw error
  })
  return {
    replicas,
    upstream,
    prompts,
    baseURL: () => replicas.baseURL(),
    whole: async () => {},
    speka: (command) => replicas.speka(command),
    async createKey(name, made) {
      const key = await replicas.createKey(name, made)
      await replicas.inForce()
      return key
    },
    inForce: () => replicas.inForce(),
    charges: async (keyId) => addUp(await chargedTo(replicas, keyId)),
    async close() {
      await replicas.close().finally(() => upstream.close())
    },
  }
}
