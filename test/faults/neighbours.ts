import { setTimeout as wait } from 'node:timers/promises'
import type { Rig } from './rig.ts'

/** Requests of others that go through the same gateway, to an upstream that is well. */
export interface Neighbours {
  /**
   * Asks one after the other while `work` is under way.
   *
   * @throws Error when one is not answered.
   */
  while<Result>(work: () => Promise<Result>): Promise<Result>
}

const PAUSE_MS = 10

export function watchNeighbours({ app: { origin, liveKey } }: Rig): Neighbours {
  const body = JSON.stringify({ model: 'well/neighbour', messages: [{ role: 'user', content: 'Hello!' }] })
  const askOnce = async (): Promise<void> => {
    const response = await fetch(`${origin}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${liveKey}` },
      body,
    })
    const { choices } = (await response.json()) as { choices?: unknown }
    if (choices === undefined) throw new Error(`A neighbour was not answered: ${response.status}`)
  }
  return {
    async while(work) {
      const load = { going: true }
      const asking = async (): Promise<void> => {
        do {
          await askOnce()
          await wait(PAUSE_MS)
        } while (load.going)
      }
      const worked = work().finally(() => (load.going = false))
      const [result] = await Promise.all([worked, asking()])
      return result
    },
  }
}
