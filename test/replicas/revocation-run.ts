import { setTimeout as wait } from 'node:timers/promises'
import { ask } from '../limits/ask.ts'
import { brief } from '../limits/rate-run.ts'
import { eventually } from '../support/eventually.ts'
import type { LimitedReplicas } from './limited-replicas.ts'
import type { Replica } from './replicas.ts'

/**
 * How long a revoked key goes on being taken on each replica, from the moment that the audit has of it, in ms.
 *
 * @param around what is the case while it is revoked, from when each replica knows it on.
 */
export async function runRevocation(
  limited: LimitedReplicas,
  around: <T>(work: () => Promise<T>) => Promise<T> = (work) => work(),
): Promise<readonly number[]> {
  const { id, key } = await limited.createKey('revoked', '')
  await takenEverywhere(limited, key)
  return around(() => revoke(limited, { id, key }))
}

const takenEverywhere = async ({ replicas }: LimitedReplicas, key: string): Promise<void> => {
  const all = replicas.all.map((replica) => eventually(() => takes(replica, key), 'the key is taken on every replica'))
  await Promise.all(all)
}

async function revoke(
  limited: LimitedReplicas,
  { id, key }: { readonly id: string; readonly key: string },
): Promise<readonly number[]> {
  const { replicas } = limited
  await takenEverywhere(limited, key)
  // All the while, since the command ends some time after what it has done is done.
  const lastTaken = Promise.all(
    replicas.all.map(async (replica) => {
      let taken = 0
      await eventually(async () => {
        const askedAt = Date.now()
        if (!(await takes(replica, key))) return true
        taken = askedAt
        await wait(10)
        return false
      }, 'the key is refused')
      return taken
    }),
  )
  await limited.speka(`keys revoke ${id}`)
  const taken = await lastTaken
  const [revoked] = await replicas.read("SELECT at FROM speka.audit WHERE object = $1 AND action = 'key.revoke'", [id])
  if (revoked === undefined) throw new Error('The audit has no revocation.')
  return taken.map((at) => Math.max(0, at - Number(revoked['at'])))
}

/** Lets nothing through between one replica and PostgreSQL for as long as `work` takes; Redis goes on. */
export async function withoutDatabase<T>({ postgres }: Replica, work: () => Promise<T>): Promise<T> {
  postgres.set('refusing')
  postgres.cut()
  try {
    return await work()
  } finally {
    postgres.set('open')
  }
}

let asked = 0

async function takes({ gateway }: Replica, key: string): Promise<boolean> {
  const { ending } = await ask({ baseURL: gateway.baseURL, key }, brief(`revoked-${(asked += 1)}`))
  return ending === 'complete'
}

/** How often whoever listens for notices in PostgreSQL is thrown out, in ms. */
const THROWN_OUT_EVERY_MS = 20

/** Lets no notice through, by Redis or by PostgreSQL, for as long as `work` takes. */
export async function withoutNotices<T>({ replicas }: LimitedReplicas, work: () => Promise<T>): Promise<T> {
  for (const { redis } of replicas.all) redis.set('silent')
  const cut = { going: true }
  const throwingOut = (async () => {
    while (cut.going) {
      await replicas.read(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'speka notices'",
      )
      await wait(THROWN_OUT_EVERY_MS)
    }
  })()
  try {
    return await work()
  } finally {
    cut.going = false
    await throwingOut
    for (const { redis } of replicas.all) {
      redis.cut()
      redis.set('open')
    }
  }
}
