import { sleep } from 'n8n-workflow'
import type { Clock } from '@speka/core'

/** A wait that was called off lasts at most this much longer, in ms. */
const NAP_MS = 1000

/** The machine's time. n8n lends a package no timers but `sleep`, which cannot be cut short: long waits are many naps. */
export const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, run) {
    const calledOff = { yet: false }
    void nap(ms, calledOff).then(() => {
      if (!calledOff.yet) run()
    })
    return () => {
      calledOff.yet = true
    }
  },
}

async function nap(ms: number, calledOff: { readonly yet: boolean }): Promise<void> {
  const due = performance.now() + ms
  for (let left = ms; left > 0 && !calledOff.yet; left = due - performance.now()) await sleep(Math.min(left, NAP_MS))
}
