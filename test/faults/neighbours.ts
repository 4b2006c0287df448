import { setTimeout as wait } from 'node:timers/promises'
import type { Rig } from './rig.ts'

/** Requests of others that go through the same gateway, to an upstream that is well. */
export interface Neighbours {
  /** Asks one after the other while `work` is under way. */
  while<Result>(work: () => Promise<Result>): Promise<Result>
  /** By how much their median took longer, the last time, than when there was nothing else to do. */
  readonly delayMs: number
}

const PAUSE_MS = 10
const AT_FIRST = 30

export async function watchNeighbours(rig: Rig): Promise<Neighbours> {
  const { origin, liveKey } = rig.app
  const body = JSON.stringify({ model: 'well/neighbour', messages: [{ role: 'user', content: 'Hello!' }] })
  const askOnce = async (): Promise<number> => {
    const since = now()
    const response = await fetch(`${origin}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${liveKey}` },
      body,
    })
    const { choices } = (await response.json()) as { choices?: unknown }
    if (choices === undefined) throw new Error(`A neighbour was not answered: ${response.status}`)
    return busyMs(since)
  }
  const first: number[] = []
  while (first.length < AT_FIRST) first.push(await askOnce())
  const usual = median(first)
  let delayMs = 0
  return {
    async while(work) {
      const times: number[] = []
      const load = { going: true }
      const asking = (async () => {
        while (load.going || times.length < 3) {
          times.push(await askOnce())
          await wait(PAUSE_MS)
        }
      })()
      try {
        return await work()
      } finally {
        load.going = false
        await asking
        delayMs = median(times) - usual
      }
    },
    get delayMs() {
      return delayMs
    },
  }
}

const now = () => ({ time: performance.now(), cpu: process.cpuUsage() })

/** How long something took, not counting what other programs took from the machine meanwhile. */
function busyMs({ time, cpu }: ReturnType<typeof now>): number {
  const { user, system } = process.cpuUsage(cpu)
  return Math.min(performance.now() - time, (user + system) / 1000)
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN
