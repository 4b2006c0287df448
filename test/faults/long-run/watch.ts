import { request, type Agent } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { processUsage } from '../../../bench/measure/process-usage.ts'
import { percentile } from './figure.ts'
import type { Stage } from './stage.ts'

/** How much later neighbours may be answered while harm is done, in ms, and by how much memory may grow, in MiB. */
export const MOST_DELAY_MS = 50
export const MOST_GROWTH_MIB = 64
/** How often a delay is looked at before it counts: the machine has other things to do as well. */
export const LOOKS = 3

const MiB = 1024 * 1024
const NEIGHBOURS_PER_SECOND = 100
/** Between the end of one harm and the next. */
const BREATH_MS = 200

/** What harm has done. */
export interface Watched {
  /** How long neighbours waited, in ms: all but one of a hundred. */
  readonly p99: number
  readonly growthMiB: number
}

/** Has `harm` done again and again for a while, and times the neighbours meanwhile. */
export async function watch(
  stage: Stage,
  agent: Agent,
  seconds: number,
  harm: (signal: AbortSignal) => Promise<unknown>,
): Promise<Watched> {
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
    times.push(ask(stage, agent, 'well/neighbour', false))
    await wait(1000 / NEIGHBOURS_PER_SECOND)
  }
  const took = await Promise.all(times)
  over.abort()
  await harming
  clearInterval(looking)
  return { p99: percentile(took, 0.99), growthMiB: Math.max(most, rss()) - before }
}

/** One request to its end, or until the signal; resolves with how long it took, in ms. */
export function ask(
  { gateway }: Stage,
  agent: Agent,
  model: string,
  stream: boolean,
  signal?: AbortSignal,
): Promise<number> {
  const since = performance.now()
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
