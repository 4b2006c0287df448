import { setTimeout as wait } from 'node:timers/promises'
import { eventually } from '../support/eventually.ts'
import type { Disturbance } from './budget-run.ts'
import type { LimitedGateway } from './limited-gateway.ts'
import { usd } from './limited-processes.ts'

/** Into the load, in ms. */
const BEGIN_MS = 400
const STOPPED_MS = 3500
/** Far below what is spent by then. */
const LOWERED = 1_000_000n
const WHILE_LOWERED = 60

/** What may befall a budget while it is spent. */
export const disturbances = {
  /** Nothing does. */
  calm: {},
  /** One of the processes is silent for a while, with a lease of its own, and goes on as if nothing had been. */
  'a worker stopped': {
    mayBeUnknown: true,
    async during({ limited, more }) {
      await wait(BEGIN_MS)
      const victim = middleOf(limited)
      process.kill(victim, 'SIGSTOP')
      // Those that come to the one that is stopped are answered when it goes on.
      const meanwhile = wait(STOPPED_MS / 2).then(() => more(40))
      await wait(STOPPED_MS)
      process.kill(victim, 'SIGCONT')
      await meanwhile
      return undefined
    },
  },
  /** One of the processes is killed: its lease returns, less what its rows charged. */
  'a worker killed': {
    mayBeUnknown: true,
    async during({ limited }) {
      await wait(BEGIN_MS)
      const victim = middleOf(limited)
      process.kill(victim, 'SIGKILL')
      await eventually(() => !limited.workers().includes(victim), 'the worker that was killed has ended')
      await limited.whole()
      return undefined
    },
  },
  /** A fifth of the clients leave in the middle. */
  'lines cut': { cutPercent: 20 },
  /** The cap comes down below what is spent, and later goes up again. */
  'the cap moved': {
    async during({ limited, keyId, cap, more, trouble }) {
      await wait(BEGIN_MS)
      const from = performance.now()
      await limited.speka(`limits set --key ${keyId} --usd ${usd(LOWERED)} --reset never`)
      await limited.inForce()
      const meanwhile = await more(WHILE_LOWERED)
      const admitted = meanwhile.filter(({ ending }) => ending !== 'refused').map(({ ending }) => ending)
      if (admitted.length > 0) trouble(`${admitted.length} not refused while the cap was down: ${admitted.join()}`)
      await limited.speka(`limits set --key ${keyId} --usd ${usd(cap)} --reset never`)
      await limited.inForce()
      return { from, until: performance.now(), cap: LOWERED }
    },
  },
} as const satisfies Readonly<Record<string, Disturbance>>

const middleOf = (limited: LimitedGateway): number => {
  const workers = limited.workers()
  return workers[Math.floor(workers.length / 2)] ?? 0
}
