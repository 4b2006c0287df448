import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { picoUsd, SpekaError } from '@speka/core'
import { countNames } from '@speka/core/internal'
import { describeBudgets, type BudgetsWorld } from '../../../../../core/src/limits/budgets.contract.ts'
import { describeAdmission } from '../../../../../core/src/limits/leases/admission.contract.ts'
import { usageRecord } from '../../__fixtures__/usage-record.ts'
import { GroupCommit } from '../../group-commit.ts'
import { storeBudgets } from '../../leases/store-budgets.ts'
import { projector } from '../projections/projector.ts'
import type { ProjectorThread } from '../../projections/projector-thread.ts'
import { failureOf } from '../sqlite-failure.ts'
import type { SqliteThread } from '../start-thread.ts'
import { storageError } from '../storage-error.ts'
import type { RowText } from '../../usage-record-table.ts'
import { encodeRecord } from '../../usage-row.ts'
import { sqliteDatabase, type SqliteDatabase } from './database.ts'
import { endOwners } from './end-owners.ts'
import type { SentBudget, SentCall } from '../../leases/lease-messages.ts'
import { openDatabase } from './open-database.ts'

// What `budgets.test.ts` shows of threads, shown of what runs in them, many times as fast.
describeBudgets('the database of sqlite', { open: async () => databaseWorld(), runs: 30 })
describeAdmission('the database of sqlite', { open: async () => databaseWorld(), runs: 10 })

describe('what a window had spent before rows named it', () => {
  const first = { id: 'a', cap: 100n, revision: 1 }

  /** A call that lacks five of it. */
  function calling() {
    const path = newPath()
    const db = openDatabase(path)
    const { exchange } = sqliteDatabase(db, path)
    const call = (number: number, budget: Pick<SentBudget, 'isKnown' | 'before'>) =>
      exchange({
        number,
        budgets: [{ ...first, ...budget }],
        has: [{ budget: 0, granted: 0n, held: 0n, ends: false }],
        wants: [{ lacks: [{ budget: 0, amount: 5n }] }],
      })
    return { call, close: () => db.close() }
  }

  test('is asked for before anything is lent, once', () => {
    const { call, close } = calling()
    expect(call(1, { isKnown: true, before: undefined })).toEqual({ unknown: ['a'] })
    expect(call(1, { isKnown: true, before: { amount: 40n, isFinal: true } })).toMatchObject({
      has: [{ granted: 60n }],
    })
    expect(call(2, { isKnown: true, before: undefined })).toMatchObject({ has: [{ granted: 60n }] })
    close()
  })

  test('is asked for again once every process knows of the limit, and stays as it is then', () => {
    const { call, close } = calling()
    const soFar = { amount: 40n, isFinal: false }
    expect(call(1, { isKnown: false, before: soFar })).toMatchObject({ has: [{ granted: 60n }] })
    expect(call(2, { isKnown: false, before: undefined })).toMatchObject({ has: [{ granted: 60n }] })
    expect(call(3, { isKnown: true, before: soFar })).toEqual({ unknown: ['a'] })
    expect(call(3, { isKnown: true, before: { amount: 45n, isFinal: true } })).toMatchObject({
      has: [{ granted: 55n }],
    })
    expect(call(4, { isKnown: true, before: { amount: 99n, isFinal: true } })).toMatchObject({
      has: [{ granted: 55n }],
    })
    close()
  })
})

/** Two databases on one file, and a look at it. */
function two() {
  const path = newPath()
  const [one, other, file] = [openDatabase(path), openDatabase(path), openDatabase(path)]
  const [first, second] = [sqliteDatabase(one, path), sqliteDatabase(other, path)]
  const read = (sql: string) => file.prepare(sql).get()
  const close = (): void => [one, other, file].forEach((db) => db.close())
  return { path, first, second, file, read, close }
}

/** A lease call that lacks so much of a budget. */
const lending = (number: number, amount: bigint): SentCall => ({
  number,
  budgets: [{ id: 'a', cap: 100n, revision: 1, isKnown: true, before: { amount: 0n, isFinal: true } }],
  has: [],
  wants: [{ lacks: [{ budget: 0, amount }] }],
})
const asking: SentCall = { number: 1, budgets: [], has: [], wants: [] }

describe('a beat', () => {
  test('is that of the owner that the last lease call was answered to, and of nobody before or once it was taken for ended', () => {
    const { path, first, close } = two()
    first.beginLife()
    expect(first.beat([])).toBe(false)
    const { owner } = first.exchange(asking) as { owner: number }
    expect(first.beat([])).toBe(true)
    endByAnother(path, owner)
    expect(first.beat([])).toBe(false)
    close()
  })

  test('ends one whose process is gone, and its lease returns, also where nothing is lent to who finds it', () => {
    const { first, second, file, read, close } = two()
    first.exchange(asking)
    second.exchange(lending(1, 100n))
    file.exec(`UPDATE owner SET process = substr(process, 1, instr(process, ' ')) || '1' WHERE id = 2`)
    expect(first.beat([])).toBe(true)
    expect(read('SELECT state, ended_how FROM owner WHERE id = 2')).toMatchObject({
      state: 'ended',
      ended_how: 'process_gone',
    })
    expect(first.exchange(lending(2, 100n))).toMatchObject({ has: [{ granted: 100n }] })
    close()
  })

  test('counts what the rows of others have charged, also where nothing is lent to who beats', async () => {
    const { path, first, second, read, close } = two()
    first.exchange(asking)
    second.exchange(lending(1, 100n))
    await committingTo(second, path).settle(usageRecord({ charge: 6n, budgets: [1] }))
    expect(first.beat([])).toBe(true)
    expect(read('SELECT charged_pico FROM lease')).toMatchObject({ charged_pico: 6 })
    close()
  })

  test('notes what is held of each lease, and counts what rows have charged', async () => {
    const { path, first, read, close } = two()
    first.exchange(lending(1, 100n))
    await committingTo(first, path).settle(usageRecord({ charge: 6n, budgets: [1] }))
    expect(first.beat([{ budgetNumber: 1, held: picoUsd(7n) }])).toBe(true)
    expect(read('SELECT charged_pico, held_pico FROM lease')).toMatchObject({ charged_pico: 6, held_pico: 7 })
    expect(read('SELECT counted_n FROM owner')).toMatchObject({ counted_n: 1 })
    close()
  })
})

const newPath = (): string => join(mkdtempSync(join(tmpdir(), 'speka-leases-')), 'speka.db')

/** Databases on one file, each as its thread has it, but in this one. */
function databaseWorld(): BudgetsWorld {
  const path = newPath()
  const closing: (() => void)[] = []
  return {
    async start() {
      const db = openDatabase(path)
      const database = sqliteDatabase(db, path)
      const commits = committingTo(database, path)
      const sums = inPlaceOfProjector(path)
      // Nobody beats: no process here is silent for long.
      const clock = { after: () => () => {} }
      const thread = inPlaceOfThread(database, path)
      const budgets = storeBudgets({
        handedOver: () => commits.handedOver(),
        exchange: (call) => thread.ask('exchange', call),
        beat: (news) => thread.ask('beat', news),
        spent: (windows, isWindowWanted) => sums.ask('spent', windows, isWindowWanted),
        clock,
      })
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
