import { once } from 'node:events'
import { Agent } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { atMost, type Figure } from './figure.ts'
import { hostileBodies } from './hostile-bodies.ts'
import type { Harm, Harmed } from './hostile-caller.ts'
import type { Options } from './options.ts'
import { openStage } from './stage.ts'
import { ask, LOOKS, MOST_DELAY_MS, MOST_GROWTH_MIB, watch } from './watch.ts'

const MiB = 1024 * 1024

/** Bodies made to do harm, one at a time: what they cost the neighbours, and memory over their own length. */
export async function callers({ callers: seconds, patience }: Options, say: (text: string) => void): Promise<Figure[]> {
  const worker = new Worker(new URL('./hostile-caller.ts', import.meta.url))
  const [port] = (await once(worker, 'message')) as [number]
  const sink = `http://127.0.0.1:${port}/v1`
  const stage = await openStage(
    {
      'sink/*': ['sink'],
      'claude/*': ['claude'],
      'gemini/*': ['gemini'],
      'mistral/*': ['mistral'],
      'well/*': ['well'],
    },
    {
      providers: {
        sink,
        claude: { type: 'anthropic', base_url: sink },
        gemini: { type: 'gemini', base_url: sink },
        mistral: { type: 'mistral', base_url: sink },
      },
      routing: { max_attempts: 1 },
    },
  )
  const agent = new Agent({ keepAlive: true })
  const harm = async (kind: string): Promise<Harmed> => {
    const { origin, key } = stage.gateway
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    worker.postMessage({ kind, origin, key } satisfies Harm)
    const [harmed] = (await once(worker, 'message')) as [Harmed]
    return harmed
  }
  const figures: Figure[] = []
  try {
    // What the gateway needs anyway: its code compiled, its buffers grown.
    await watch(stage, agent, seconds, () => ask(stage, agent, 'well/neighbour', false))
    for (const kind of Object.keys(hostileBodies)) {
      let delayMs = Infinity
      let growthMiB = Infinity
      for (
        let look = 0;
        look < LOOKS && (delayMs > MOST_DELAY_MS * patience || growthMiB > MOST_GROWTH_MIB);
        look += 1
      ) {
        const quiet = await watch(stage, agent, seconds, () => wait(20))
        let last: Harmed | undefined
        const seen = await watch(stage, agent, seconds, async () => (last = await harm(kind)))
        const ownMiB = (last?.bytes ?? 0) / MiB
        delayMs = Math.min(delayMs, Math.max(0, seen.p99 - quiet.p99))
        growthMiB = Math.min(growthMiB, Math.max(0, seen.growthMiB - ownMiB))
        say(
          `${kind}: ${last?.status}; neighbours' p99 ${seen.p99.toFixed(1)} ms, just before ${quiet.p99.toFixed(1)} ms; memory +${seen.growthMiB.toFixed(0)} MiB for ${ownMiB.toFixed(1)} MiB`,
        )
      }
      figures.push(
        atMost(`${kind}: neighbours' p99 later by`, delayMs, MOST_DELAY_MS * patience, ' ms'),
        atMost(`${kind}: memory over its length`, growthMiB, MOST_GROWTH_MIB, ' MiB'),
      )
    }
  } finally {
    agent.destroy()
    await worker.terminate()
    await stage.close()
  }
  return figures
}
