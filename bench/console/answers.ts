import type { Gateway } from '../../test/support/spawn-gateway.ts'
import type { Figures } from '../ledger/figures.ts'

/** How long the gateway takes for what each page asks, from the question to the last byte, and how much a page asks. */
export async function measureAnswers(
  paths: ReadonlyMap<string, readonly string[]>,
  { adminOrigin, adminToken }: Gateway,
  figures: Figures,
): Promise<void> {
  const headers = { authorization: `Bearer ${adminToken}` }
  for (const [title, asked] of paths) {
    figures.say(`${title}: requests for data`, asked.length, '')
    for (const path of asked) {
      const ask = async (): Promise<void> => void (await (await fetch(adminOrigin + path, { headers })).arrayBuffer())
      await figures.time(`${title}: GET ${path.slice(0, 40)}`, ask, { atMost: 150 })
    }
  }
}
