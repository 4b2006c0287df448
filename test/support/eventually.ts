import { setTimeout as wait } from 'node:timers/promises'
import { PATIENCE_MS } from './patience.ts'

/** Resolves when `met` is true or resolves to true; rejects when that is in vain. */
export async function eventually(met: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  while (!(await met())) {
    if (performance.now() > deadline) throw new Error(`It did not come true within ${PATIENCE_MS} ms: ${what}`)
    await wait(5)
  }
}
