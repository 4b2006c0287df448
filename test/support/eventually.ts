import { setTimeout as wait } from 'node:timers/promises'

/** Resolves when `met` is true or resolves to true; rejects after `withinMs`. */
export async function eventually(met: () => boolean | Promise<boolean>, what: string, withinMs = 5000): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await met())) {
    if (performance.now() > deadline) throw new Error(`It did not come true within ${withinMs} ms: ${what}`)
    await wait(5)
  }
}
