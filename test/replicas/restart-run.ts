import { Agent } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { ask, type Answered } from '../limits/ask.ts'
import { brief } from '../limits/rate-run.ts'
import { eventually } from '../support/eventually.ts'
import { judgeRestart, type RestartJudged } from './judge-restart.ts'
import type { LimitedReplicas } from './limited-replicas.ts'
import { chargedTo } from './look-at-ledger.ts'

const CLIENTS = 24
/** How long an answer takes: some are under way whenever a replica is told to go. */
const LONGEST_ANSWER_MS = 400

/** Restarts one replica after the other, as an upgrade does, while clients go on asking. */
export async function runRollingRestart(limited: LimitedReplicas): Promise<RestartJudged> {
  const { replicas, upstream } = limited
  const { id, key } = await limited.createKey('rolling', '')
  upstream.forget()
  const agent = new Agent({ keepAlive: true })
  const answered: Answered[] = []
  const load = { going: true }
  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    for (let count = 0; load.going; count += 1) {
      const question = brief(`rolling-${client}-${count}`, {
        ms: (count * 37) % LONGEST_ANSWER_MS,
        stream: count % 2 === 0,
      })
      const one = await ask({ baseURL: replicas.baseURL(), key, agent }, question)
      answered.push(one)
      // Turned away, and the next replica in turn is asked.
      if (one.ending !== 'complete') await wait(10)
    }
  })
  for (const { gateway } of replicas.all) {
    const before = answered.length
    await eventually(() => answered.length >= before + 2 * CLIENTS, 'all clients are answered')
    await gateway.restart()
  }
  const before = answered.length
  await eventually(() => answered.length >= before + CLIENTS, 'all clients are answered')
  load.going = false
  await Promise.all(clients)
  agent.destroy()
  const recorded = await chargedTo(replicas, id)
  return judgeRestart(
    answered,
    new Set(upstream.served.map(({ name }) => name)),
    recorded.map((row) => row.id),
  )
}
