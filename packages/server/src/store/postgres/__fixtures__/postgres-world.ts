import { realClock } from '@speka/core/node'
import type { BudgetsWorld } from '../../../../../core/src/limits/budgets.contract.ts'
import { newDatabase, type NewDatabase } from '../../../../../../test/support/services/new-database.ts'
import { NoticeRecallLine } from '../../../limits/notice-recall-line.ts'
import { openNoticeBoard } from '../../../notices/open-notice-board.ts'
import { usageRecord } from '../../__fixtures__/usage-record.ts'
import { storeBudgets } from '../../leases/store-budgets.ts'
import { encodeRecord } from '../../usage-row.ts'
import { readPostgresUrl } from '../address.ts'
import { openDatabase, type Database } from '../database.ts'
import { endOwners } from '../end-owners.ts'
import { leaseDatabase } from '../leases.ts'
import { loadDriver } from '../load-driver.ts'
import { migrate } from '../migrations.ts'
import { postgresNotices } from '../notices.ts'
import { ownerLife } from '../owner-life.ts'
import { postgresError } from '../postgres-error.ts'
import { failureOf } from '../postgres-failure.ts'
import { spentBudgets } from '../spent-budgets.ts'
import { rowSettler } from '../settle-rows.ts'

const asSpekaError = (error: unknown): never => {
  throw postgresError('test', failureOf(error))
}

const NOTHING = { charged: 0n, held: 0n, before: 0n, window: undefined }

/** Owners with one database, of which nobody had spent anything before. */
export async function postgresWorld({ reach }: { reach?: 'by notices' } = {}): Promise<BudgetsWorld> {
  const made: NewDatabase = await newDatabase()
  const address = readPostgresUrl(made.url)
  const driver = await loadDriver()
  const databases: Database[] = []
  const closing: (() => Promise<void> | void)[] = []
  const first = openDatabase({ driver, address })
  databases.push(first)
  await migrate(first)
  return {
    async start() {
      const database = openDatabase({ driver, address })
      databases.push(database)
      const [rows, leases] = [database.lane({ purpose: 'ledger' }), database.lane({ purpose: 'leases' })]
      const owner = ownerLife()
      const settle = rowSettler(rows, owner)
      const id = await rows.transact((session) => owner.begin(session))
      const { exchange, beat } = leaseDatabase({ lane: leases, owner, retire: async () => {} })
      const budgets = storeBudgets({
        handedOver: () => rows.connect(),
        exchange: (call) => exchange(call).catch(asSpekaError),
        beat,
        async spent(windows) {
          const spent = await spentBudgets(
            database,
            windows.map((window) => window.id),
          )
          return windows.map(({ id: budget }) => ({ ...NOTHING, ...spent.get(budget), before: 0n }))
        },
        clock: { after: () => () => {} },
      })
      const board = openNoticeBoard({ engine: postgresNotices(database), clock: realClock })
      closing.push(async () => {
        budgets.close()
        await board.close()
        await Promise.all([rows.close(), leases.close()])
      })
      return {
        budgets,
        ...(reach === 'by notices' && { line: new NoticeRecallLine({ board, clock: realClock }) }),
        async settle({ charge, budgets: named }) {
          const [failure] = await settle([encodeRecord(usageRecord({ charge, budgets: named }))])
          if (failure !== undefined) throw postgresError('test', failure)
        },
        end: () => first.transact((session) => endOwners(session, [id], 'unheard')),
      }
    },
    async close() {
      for (const close of closing) await close()
      for (const database of databases) await database.close()
      await made.drop()
    },
  }
}
