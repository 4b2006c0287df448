import { once } from 'node:events'
import { Agent } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { atMost, type Figure } from './figure.ts'
import type { Options } from './options.ts'
import { openStage, type Stage } from './stage.ts'
import { ask, LOOKS, MOST_DELAY_MS, MOST_GROWTH_MIB, watch } from './watch.ts'

/** Answers made to do harm, one at a time: what they cost the neighbours and the memory. */
export async function hostile({ hostile: seconds, patience }: Options, say: (text: string) => void): Promise<Figure[]> {
  const worker = new Worker(new URL('./hostile-upstream.ts', import.meta.url))
  const [{ address, kinds }] = (await once(worker, 'message')) as [{ address: { port: number }; kinds: string[] }]
  const stage = await openStage(
    { 'm/*': ['hostile'], 'well/*': ['well'] },
    { providers: { hostile: `http://127.0.0.1:${address.port}/v1` }, routing: { max_attempts: 1 } },
  )
  const agent = new Agent({ keepAlive: true })
  const figures: Figure[] = []
  try {
    // What the gateway needs anyway: its code compiled, its buffers grown.
    await watch(stage, agent, seconds, () => harmless(stage, agent))
    for (const kind of kinds.filter((name) => name !== 'words')) {
      let delayMs = Infinity
      let growthMiB = 0
      for (let look = 0; look < LOOKS && delayMs > MOST_DELAY_MS * patience; look += 1) {
        const quiet = await watch(stage, agent, seconds, () => wait(20))
        const seen = await watch(stage, agent, seconds, (signal) =>
          ask(stage, agent, `m/${kind}`, !/json|gzip|headers/.test(kind), signal),
        )
        delayMs = Math.min(delayMs, Math.max(0, seen.p99 - quiet.p99))
        growthMiB = Math.max(growthMiB, seen.growthMiB)
        say(
          `${kind}: neighbours' p99 ${seen.p99.toFixed(1)} ms, just before ${quiet.p99.toFixed(1)} ms; memory +${seen.growthMiB.toFixed(0)} MiB`,
        )
      }
      const delay = `${kind}: neighbours' p99 later by`
      figures.push(
        atMost(delay, delayMs, MOST_DELAY_MS * patience, ' ms'),
        atMost(`${kind}: memory grew by`, growthMiB, MOST_GROWTH_MIB, ' MiB'),
      )
    }
  } finally {
    agent.destroy()
    await worker.terminate()
    await stage.close()
  }
  return figures
}

/** A stream at full speed, for a second: what any caller may ask for. */
const harmless = (stage: Stage, agent: Agent): Promise<unknown> =>
  ask(stage, agent, 'm/words', true, AbortSignal.timeout(1000))
