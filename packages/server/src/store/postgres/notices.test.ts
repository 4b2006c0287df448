import { realClock } from '@speka/core/node'
import { describeWithPostgres, newDatabase } from '../../../../../test/support/services/new-database.ts'
import { describeNoticeBoard } from '../../notices/notice-board.contract.ts'
import { openNoticeBoard } from '../../notices/open-notice-board.ts'
import { readPostgresUrl } from './address.ts'
import { openDatabase, type Database } from './database.ts'
import { loadDriver } from './load-driver.ts'
import { migrate } from './migrations.ts'
import { postgresNotices } from './notices.ts'
import { statement } from './session.ts'

const CUT = statement(`
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND application_name LIKE '% notices'`)

describeWithPostgres('PostgreSQL', () => {
  describeNoticeBoard('PostgreSQL', async () => {
    const made = await newDatabase()
    const address = readPostgresUrl(made.url)
    const driver = await loadDriver()
    const databases: Database[] = []
    const open = (): Database => {
      const database = openDatabase({ driver, address })
      databases.push(database)
      return database
    }
    const first = open()
    await migrate(first)
    return {
      board: () => openNoticeBoard({ engine: postgresNotices(open()), clock: realClock }),
      cut: async () => void (await first.run(CUT)),
      async close() {
        for (const database of databases) await database.close()
        await made.drop()
      },
    }
  })
})
