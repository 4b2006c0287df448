import type { ParseArgsOptionsConfig } from 'node:util'
import type { Operation } from '../operations/operation.ts'
import { operator, type Command, type Options } from './command.ts'
import { json } from './on-one.ts'
import { printTable } from './table.ts'
import { dataOption, withStoreToRead } from './with-store.ts'

/** What is special about a command that lists records. */
export interface Listing<View> {
  readonly name: string
  readonly summary: string
  readonly list: Operation<View[]>
  /** What may be said of which are wanted, for the usage line, and what comes of it. */
  readonly usage?: string
  readonly options?: ParseArgsOptionsConfig
  readonly wanted?: (options: Options) => object
  readonly headings: readonly string[]
  readonly cells: (view: View) => readonly (string | null)[]
  /** What is said when there are none. */
  readonly none: string
}

/** Makes a command that lists records: as a table, or as JSON. It reads only, and makes no store. */
export const listCommand = <View>(listing: Listing<View>): Command => ({
  name: listing.name,
  usage: `${listing.usage === undefined ? '' : `${listing.usage} `}[--json] [--data DIR]`,
  summary: listing.summary,
  options: { ...dataOption, ...json, ...listing.options },
  async run(invocation) {
    const { options, terminal } = invocation
    const wanted = listing.wanted?.(options) ?? {}
    const found = await withStoreToRead(invocation, (parts) => listing.list(parts, operator, wanted))
    if (options['json'] === true) terminal.out(JSON.stringify(found))
    else if (found.length === 0) terminal.out(listing.none)
    else {
      const rows = found.map((view) => listing.cells(view).map((cell) => cell ?? ''))
      printTable(terminal, listing.headings, rows)
    }
    return 0
  },
})

/** Which account a list is of. */
export const accountOption = { account: { type: 'string' } } as const

/** The day of a moment. */
export const day = (at: string | null): string => at?.slice(0, 10) ?? ''
