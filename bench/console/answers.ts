import type { Gateway } from '../../test/support/spawn-gateway.ts'
import type { Figures } from '../ledger/figures.ts'
import type { Opened } from './loads.ts'

/** Layout shifts from here on are noticed by people, as web.dev has it. */
const MOST_SHIFT = 0.1

/** How often each page asks, how long the gateway takes for that from the question to the last byte, and what moves meanwhile. */
export async function measureAnswers(
  pages: readonly Opened[],
  { adminOrigin, adminToken }: Gateway,
  figures: Figures,
): Promise<void> {
  const headers = { authorization: `Bearer ${adminToken}` }
  for (const { title, asked, elsewhere, shift } of pages) {
    figures.say(`${title}: requests for data`, asked.length, '', { atMost: 1 })
    figures.say(`${title}: requests to others`, elsewhere.length, '', { atMost: 0 })
    figures.say(`${title}: layout shift`, shift, '', { atMost: MOST_SHIFT })
    for (const path of asked) {
      const ask = async (): Promise<void> => void (await (await fetch(adminOrigin + path, { headers })).arrayBuffer())
      await figures.time(`${title}: GET ${path.slice(0, 40)}`, ask, { atMost: 150 })
    }
  }
}

/** How long the gateway takes for the overview when nobody has asked for it before, in ms. */
export async function timeFirstOverview({ adminOrigin, adminToken }: Gateway): Promise<number> {
  const began = performance.now()
  const headers = { authorization: `Bearer ${adminToken}` }
  await (await fetch(`${adminOrigin}/api/v1/overview?last=30d`, { headers })).arrayBuffer()
  return performance.now() - began
}
