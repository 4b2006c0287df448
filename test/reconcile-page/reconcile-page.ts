import { csvLayouts } from '../../packages/server/src/reconcile/csv-layouts.ts'
import { jsonLayouts } from '../../packages/server/src/reconcile/json-layouts.ts'
import { tableOf } from '../support/markdown-table.ts'

/** The page about exports, as seen from the root of the repository. */
export const reconcilePage = 'docs/reconcile.md'

/** Puts the table of the exports that are read into the page's text. */
export const withExports = (page: string): string =>
  page.replace(
    /(<!-- table: exports -->\n)[^]*?(<!-- end -->)/g,
    (_, begin: string, end: string) => `${begin}\n${table()}\n${end}`,
  )

const table = (): string =>
  tableOf(
    ['`--format`', 'export', 'compared by', 'as told by'],
    [
      ...csvLayouts.map(({ format, title, columns, source }) => [
        format,
        `${title} (CSV)`,
        by(columns.id !== undefined),
        source,
      ]),
      ...jsonLayouts.map(({ format, title, hasIds, source }) => [format, `${title} (JSON)`, by(hasIds), source]),
    ].map(([format = '', ...cells]) => [`\`${format}\``, ...cells]),
  )

const by = (hasIds: boolean): string => (hasIds ? 'id' : 'sums')
