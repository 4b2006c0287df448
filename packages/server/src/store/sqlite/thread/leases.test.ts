import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { SpekaError } from '@speka/core'
import { countNames } from '@speka/core/internal'
import { describeBudgets, type BudgetsWorld } from '../../../../../core/src/limits/budgets.contract.ts'
import { describeAdmission } from '../../../../../core/src/limits/leases/admission.contract.ts'
import { usageRecord } from '../../__fixtures__/usage-record.ts'
import { GroupCommit } from '../../group-commit.ts'
import { sqliteBudgets } from '../budgets.ts'
import { projector } from '../projections/projector.ts'
import type { ProjectorThread } from '../projections/start-projector.ts'
import { failureOf } from '../sqlite-failure.ts'
import type { SqliteThread } from '../start-thread.ts'
import { storageError } from '../storage-error.ts'
import type { RowText } from '../usage-record-table.ts'
import { encodeRecord } from '../usage-row.ts'
import { sqliteDatabase, type SqliteDatabase } from './database.ts'
import { endOwners } from './end-owners.ts'
import { openDatabase } from './open-database.ts'

// What `budgets.test.ts` shows of threads, shown of what runs in them, many times as fast.
describeBudgets('the database of sqlite', { open: async () => databaseWorld(), runs: 30 })
describeAdmission('the database of sqlite', { open: async () => databaseWorld(), runs: 10 })

/** Databases on one file, each as its thread has it, but in this one. */
function databaseWorld(): BudgetsWorld {
  const path = join(mkdtempSync(join(tmpdir(), 'speka-leases-')), 'speka.db')
  const closing: (() => void)[] = []
  return {
    async start() {
      const db = openDatabase(path)
      const database = sqliteDatabase(db, path)
      const commits = committingTo(database, path)
      const sums = inPlaceOfProjector(path)
      // Nobody beats: no process here is silent for long.
      const clock = { after: () => () => {} }
      const budgets = sqliteBudgets({ commits, thread: inPlaceOfThread(database, path), projector: sums, clock })
      database.beginLife()
      const id = database.owners().at(-1)?.id ?? 0
      closing.push(() => {
        budgets.close()
        void sums.close()
        db.close()
      })
      return {
        budgets,
        settle: ({ charge, budgets: named }) => commits.settle(usageRecord({ charge, budgets: named })),
        end: async () => endByAnother(path, id),
      }
    },
    close: async () => closing.forEach((close) => close()),
  }
}

/** As a process does that has seen the end of another. */
function endByAnother(path: string, id: number): void {
  const db = openDatabase(path)
  db.exec('BEGIN IMMEDIATE')
  endOwners(db)([id], 'exit_seen', 1)
  db.exec('COMMIT')
  db.close()
}

function committingTo(database: SqliteDatabase, path: string): GroupCommit<RowText> {
  const commits = new GroupCommit<RowText>({
    durability: 'strict',
    encode: encodeRecord,
    send(rows) {
      const failures = database.settle(rows)
      queueMicrotask(() => commits.committed(failures))
    },
    errorOf: (failure) => storageError(path, failure),
    onLoss: nothing,
    onTrouble: nothing,
  })
  return commits
}

const closed = new SpekaError('storage_unavailable', 'It is closed.')

function inPlaceOfThread(database: SqliteDatabase, path: string): SqliteThread {
  return {
    closed,
    settle: nothing,
    close: async () => {},
    async ask(about, ...args) {
      try {
        return Reflect.apply(database[about], database, args)
      } catch (error) {
        throw storageError(path, failureOf(error))
      }
    },
  }
}

const nothing = (): void => {}

function inPlaceOfProjector(ledgerPath: string): ProjectorThread {
  const path = join(dirname(ledgerPath), 'projections.sqlite')
  const options = { ledgerPath, path, counts: countNames, waitMs: Infinity, onFolding: nothing, onTrouble: nothing }
  const { questions, close } = projector(options)
  return {
    ask: (about, ...args) => Reflect.apply(questions[about], questions, args),
    follow: nothing,
    close: async () => close(),
  }
}
