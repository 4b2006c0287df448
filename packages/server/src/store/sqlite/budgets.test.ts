import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describeBudgets, type BudgetsWorld } from '../../../../core/src/limits/budgets.contract.ts'
import { usageRecord } from '../__fixtures__/usage-record.ts'
import type { Store } from '../store.ts'
import { openSqliteStore, type SqliteStoreOptions } from './open-store.ts'
import { endOwners } from './thread/end-owners.ts'

describeBudgets('sqlite', { open: async () => sqliteWorld(), runs: 8 })

/** Stores on one file, each with a life of its own. */
function sqliteWorld(options: Omit<SqliteStoreOptions, 'path'> = {}): BudgetsWorld {
  const path = newPath()
  const stores: Store[] = []
  return {
    async start() {
      const store = await openSqliteStore({ settles: true, ...options, path })
      stores.push(store)
      const id = (await store.ledger.owners()).at(-1)?.id ?? 0
      return {
        budgets: store.budgets,
        async settle({ charge, budgets }) {
          await store.ledger.settle(usageRecord({ charge, budgets }))
        },
        end: async () => endByAnother(path, id),
      }
    },
    close: async () => {
      for (const store of stores) await store.close()
    },
  }
}

/** As a process does that has seen the end of another. */
function endByAnother(path: string, id: number): void {
  const db = new DatabaseSync(path)
  db.exec('PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE')
  endOwners(db)([id], 'exit_seen', 1)
  db.exec('COMMIT')
  db.close()
}

const newPath = () => join(mkdtempSync(join(tmpdir(), 'speka-')), 'speka.db')
