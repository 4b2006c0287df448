import type { BrowserContext } from 'playwright-core'
import { settled } from '../../test/browser/support/settled.ts'
import type { Gateway } from '../../test/support/spawn-gateway.ts'
import { processUsage } from '../measure/process-usage.ts'
import { median } from '../measure/statistics.ts'

const AT_ONCE = 8

/**
 * What a request of `/v1` costs the gateway's process with the Overview open over what it costs without: the median over rounds,
 * each with one of both, of which every second begins with the other.
 */
export async function watchedOverUnwatched(
  context: BrowserContext,
  gateway: Gateway,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<number> {
  const page = await context.newPage()
  const watched = async (): Promise<number> => {
    await page.goto(`${gateway.adminOrigin}/console`)
    await settled(page)
    return cpuOfRequest(gateway, seconds)
  }
  const unwatched = async (): Promise<number> => {
    await page.goto('about:blank')
    return cpuOfRequest(gateway, seconds)
  }
  // The first is still being compiled.
  await unwatched()
  const ratios: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const first = await (round % 2 === 0 ? watched : unwatched)()
    const second = await (round % 2 === 0 ? unwatched : watched)()
    ratios.push(round % 2 === 0 ? first / second : second / first)
  }
  await page.close()
  return median(ratios)
}

/** CPU seconds of one request. */
async function cpuOfRequest(gateway: Gateway, seconds: number): Promise<number> {
  const until = performance.now() + seconds * 1000
  const before = cpuOf(gateway)
  let answered = 0
  const caller = async (): Promise<void> => {
    while (performance.now() < until) {
      const response = await fetch(`${gateway.baseURL}/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
        body: '{"model":"speka/sandbox","messages":[{"role":"user","content":"Hello!"}]}',
      })
      await response.arrayBuffer()
      if (!response.ok) throw new Error(`A request was answered by ${response.status}.`)
      answered += 1
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, caller))
  return (cpuOf(gateway) - before) / answered
}

function cpuOf(gateway: Gateway): number {
  const usage = processUsage(gateway.pid())
  if (usage === undefined) throw new Error('This machine does not tell what a process has used.')
  return usage.cpuSeconds
}
