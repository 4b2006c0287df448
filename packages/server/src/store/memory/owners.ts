import { SpekaError } from '@speka/core'
import type { LedgerOwner } from '../store.ts'

/** The owner of what is settled now. */
interface Living {
  rows: number
}

/** The owners of a ledger that ends with its process: one, and another whenever somebody has taken it for ended. */
export interface MemoryOwners {
  /** @throws SpekaError `storage_unavailable`, once, when somebody has said that it has ended. */
  alive(): Living
  endOf(pid: number): void
  list(): LedgerOwner[]
}

export function memoryOwners(): MemoryOwners {
  const owners: (Living & { ended: LedgerOwner['ended']; readonly startedAt: number })[] = []
  const now = () => owners.at(-1)
  let toldOf = 0
  return {
    alive() {
      const last = now()
      if (last !== undefined && last.ended === undefined) return last
      if (toldOf < owners.length) {
        toldOf = owners.length
        throw new SpekaError('storage_unavailable', 'This process was taken for ended. Try again shortly.')
      }
      const owner = { rows: 0, ended: undefined, startedAt: Date.now() }
      owners.push(owner)
      return owner
    },
    endOf(pid) {
      const last = now()
      if (pid === process.pid && last !== undefined) last.ended ??= { how: 'exit_seen', at: Date.now() }
    },
    list: () => owners.map((owner, index) => ({ ...owner, id: index + 1, pid: process.pid })),
  }
}
