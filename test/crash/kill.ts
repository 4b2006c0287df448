import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { eventually } from '../support/eventually.ts'
import type { Gateway } from '../support/spawn-gateway.ts'

/** Whom a kill hits. */
export type Victim = 'worker' | 'supervisor' | 'whole'

/**
 * Kills, as a kernel that is out of memory does, and has the gateway whole again: a worker is replaced, everything else is
 * started anew.
 *
 * @param meanwhile waited for between the two, with whoever is left answering.
 */
export const kill: Readonly<Record<Victim, (gateway: Gateway, meanwhile: () => Promise<void>) => Promise<void>>> = {
  async worker(gateway, meanwhile) {
    const before = childrenOf(gateway.pid())
    const [first = 0] = before
    const victim = before[Math.floor(before.length / 2)] ?? first
    process.kill(victim, 'SIGKILL')
    await meanwhile()
    const replaced = (): boolean => {
      const now = childrenOf(gateway.pid())
      return now.length === before.length && !now.includes(victim)
    }
    await eventually(replaced, 'another worker takes the place of the one that was killed')
  },
  async supervisor(gateway, meanwhile) {
    const workers = childrenOf(gateway.pid())
    await gateway.kill()
    await meanwhile()
    await eventually(() => !workers.some(isRunning), 'workers end that have nobody to look after them')
    await gateway.restart()
  },
  async whole(gateway, meanwhile) {
    const workers = childrenOf(gateway.pid())
    for (const pid of [gateway.pid(), ...workers]) process.kill(pid, 'SIGKILL')
    await gateway.kill()
    await meanwhile()
    await eventually(() => !workers.some(isRunning), 'all have ended')
    await gateway.restart()
  },
}

/** The processes of a gateway that write records. */
export const settlersOf = (gateway: Gateway, workers: number): readonly number[] =>
  workers === 1 ? [gateway.pid()] : childrenOf(gateway.pid())

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
}

/** Whether a process runs: one that has ended, and whose end nobody has asked for yet, does not. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** Long enough for those who are left to answer, and for those who are not to be missed. */
export const aMoment = (): Promise<void> => wait(100)
