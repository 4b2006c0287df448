import type { Invoices } from '../invoices.ts'
import type { SqliteThread } from './start-thread.ts'

/** Invoices in a table that is only ever appended to. */
export const sqliteInvoices = (thread: SqliteThread): Invoices => ({
  issue: (invoices) => thread.ask('issueInvoices', invoices),
  find: (number) => thread.ask('findInvoice', number),
  list: ({ account = null, month = null, after = null, limit = ALL } = {}) =>
    thread.ask('listInvoices', account, month, after, limit),
})

/** As SQLite's `LIMIT` has it. */
const ALL = -1
