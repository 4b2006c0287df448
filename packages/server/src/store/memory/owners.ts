import { SpekaError } from '@speka/core'
import type { MemoryBudgets } from '@speka/core/internal'
import type { LedgerOwner } from '../store.ts'

/** The owner of what is settled now. */
interface Living {
  readonly id: number
  rows: number
}

/** The owners of a ledger that ends with its process: one, and another whenever somebody has taken it for ended. */
export interface MemoryOwners {
  /** @throws SpekaError `storage_unavailable`, once, when somebody has said that it has ended. */
  alive(): Living
  /** The one alive, a new one where there is none. */
  current(): Living
  endOf(pid: number): void
  list(): LedgerOwner[]
}

/** @param books where owners begin and end as well. */
export function memoryOwners(books: MemoryBudgets): MemoryOwners {
  const owners: (Living & { ended: LedgerOwner['ended']; readonly startedAt: number })[] = []
  const now = () => owners.at(-1)
  let toldOf = 0

  function current(): Living {
    const last = now()
    if (last !== undefined && last.ended === undefined) return last
    const owner = { id: books.begin(), rows: 0, ended: undefined, startedAt: Date.now() }
    owners.push(owner)
    return owner
  }

  return {
    current,
    alive() {
      if (now()?.ended !== undefined && toldOf < owners.length) {
        toldOf = owners.length
        throw new SpekaError('storage_unavailable', 'This process was taken for ended. Try again shortly.')
      }
      return current()
    },
    endOf(pid) {
      const last = now()
      if (pid !== process.pid || last === undefined || last.ended !== undefined) return
      last.ended = { how: 'exit_seen', at: Date.now() }
      books.end(last.id)
    },
    list: () => owners.map((owner) => ({ ...owner, pid: process.pid, isSilent: false })),
  }
}
