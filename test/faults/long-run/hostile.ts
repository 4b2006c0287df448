import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { processUsage } from '../../../bench/measure/process-usage.ts'
import { atMost, percentile, told, type Figure } from './figure.ts'
import type { Options } from './options.ts'
import { openStage, type Stage } from './stage.ts'

const MiB = 1024 * 1024
const NEIGHBOURS_PER_SECOND = 100
const MOST_DELAY_MS = 50
const MOST_GROWTH_MIB = 64
/** undici refuses them, but makes an error of each further header that it has in hand: some 80 ms, once. */
const KNOWN = new Set(['headers-without-end'])
/** How often a delay is looked at before it counts: the machine has other things to do as well. */
const LOOKS = 3
/** Between the end of one hostile answer and the next. */
const BREATH_MS = 200

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
        const seen = await watch(stage, agent, seconds, (signal) => ask(stage, agent, `m/${kind}`, signal))
        delayMs = Math.min(delayMs, Math.max(0, seen.p99 - quiet.p99))
        growthMiB = Math.max(growthMiB, seen.growthMiB)
        say(
          `${kind}: neighbours' p99 ${seen.p99.toFixed(1)} ms, just before ${quiet.p99.toFixed(1)} ms; memory +${seen.growthMiB.toFixed(0)} MiB`,
        )
      }
      const delay = `${kind}: neighbours' p99 later by`
      figures.push(
        KNOWN.has(kind)
          ? told(delay, `${delayMs.toFixed(1)} ms`)
          : atMost(delay, delayMs, MOST_DELAY_MS * patience, ' ms'),
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
  ask(stage, agent, 'm/words', AbortSignal.timeout(1000))

/** Has `harm` done again and again for a while, and times the neighbours meanwhile. */
async function watch(
  stage: Stage,
  agent: Agent,
  seconds: number,
  harm: (signal: AbortSignal) => Promise<unknown>,
): Promise<{ p99: number; growthMiB: number }> {
  const rss = (): number => (processUsage(stage.gateway.pid())?.rssBytes ?? 0) / MiB
  const before = rss()
  let most = before
  const looking = setInterval(() => (most = Math.max(most, rss())), 20)
  const over = new AbortController()
  const harming = (async () => {
    while (!over.signal.aborted) {
      await harm(over.signal)
      await wait(BREATH_MS)
    }
  })()
  const times: Promise<number>[] = []
  const since = performance.now()
  while (performance.now() - since < seconds * 1000) {
    times.push(ask(stage, agent, 'well/neighbour'))
    await wait(1000 / NEIGHBOURS_PER_SECOND)
  }
  const took = await Promise.all(times)
  over.abort()
  await harming
  clearInterval(looking)
  return { p99: percentile(took, 0.99), growthMiB: Math.max(most, rss()) - before }
}

/** One request to its end, or until the signal; resolves with how long it took, in ms. */
function ask({ gateway }: Stage, agent: Agent, model: string, signal?: AbortSignal): Promise<number> {
  const since = performance.now()
  const stream = model !== 'well/neighbour' && !/json|gzip|headers/.test(model)
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello!' }], stream })
  const headers = { authorization: `Bearer ${gateway.key}`, 'content-length': Buffer.byteLength(body) }
  return new Promise((resolve) => {
    const end = (): void => resolve(performance.now() - since)
    const options = { agent, method: 'POST', headers, ...(signal !== undefined && { signal }) }
    const asking = request(`${gateway.baseURL}/chat/completions`, options, (response) => {
      response.resume().on('error', end).on('close', end)
    })
    asking.on('error', end).end(body)
  })
}
