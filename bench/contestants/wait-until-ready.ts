import { setTimeout as wait } from 'node:timers/promises'

const READY_WITHIN_MS = 30_000

/** Asks a URL until it answers with 200. */
export async function waitUntilReady(url: string): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS
  while (performance.now() < deadline) {
    const response = await fetch(url).catch(() => undefined)
    await response?.body?.cancel()
    if (response?.status === 200) return
    await wait(50)
  }
  throw new Error(`${url} did not answer with 200 within ${READY_WITHIN_MS / 1000} s.`)
}
