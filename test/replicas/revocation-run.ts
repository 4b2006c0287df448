import { setTimeout as wait } from 'node:timers/promises'
import { ask } from '../limits/ask.ts'
import { brief } from '../limits/rate-run.ts'
import { eventually } from '../support/eventually.ts'
import type { LimitedReplicas } from './limited-replicas.ts'
import type { Replica } from './replicas.ts'

/** How long a revoked key goes on being taken on each replica, from the end of the command that revoked it, in ms. */
export async function runRevocation(limited: LimitedReplicas): Promise<readonly number[]> {
  const { replicas } = limited
  const { id, key } = await limited.createKey('revoked', '')
  await Promise.all(
    replicas.all.map((replica) => eventually(() => takes(replica, key), 'the key is known on every replica')),
  )
  await limited.speka(`keys revoke ${id}`)
  const revokedAt = performance.now()
  return Promise.all(
    replicas.all.map(async (replica) => {
      let taken = revokedAt
      await eventually(async () => {
        const askedAt = performance.now()
        if (!(await takes(replica, key))) return true
        taken = askedAt
        await wait(10)
        return false
      }, 'the key is refused')
      return taken - revokedAt
    }),
  )
}

let asked = 0

async function takes({ gateway }: Replica, key: string): Promise<boolean> {
  const { ending } = await ask({ baseURL: gateway.baseURL, key }, brief(`revoked-${(asked += 1)}`))
  return ending === 'complete'
}

/** Lets no notice through by Redis, for as long as `work` takes. */
export async function withoutNotices<T>({ replicas }: LimitedReplicas, work: () => Promise<T>): Promise<T> {
  for (const { redis } of replicas.all) redis.set('silent')
  try {
    return await work()
  } finally {
    for (const { redis } of replicas.all) {
      redis.cut()
      redis.set('open')
    }
  }
}
