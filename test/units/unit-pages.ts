import { operations } from '../../packages/core/src/operations/operations.ts'
import { unitEntries, type UnitEntry } from '../../packages/core/src/units.ts'
import { operationNames } from '../../packages/core/src/wire/operation-name.ts'
import { tableOf } from '../support/markdown-table.ts'

/** The page that lists the units. */
export const unitPage = 'docs/configuration.md'

/** Puts the table of units into a page, between the comment that names it and the next one. */
export const withUnits = (page: string): string =>
  page.replace(
    /(<!-- units -->\n)[^]*?(<!-- end -->)/,
    (_, begin: string, end: string) => `${begin}\n${table()}\n${end}`,
  )

const table = (): string =>
  tableOf(
    ['rate', 'price of', 'counted', 'without it', 'reported by'],
    unitEntries.map((entry) => [
      `\`${entry.unit}\``,
      entry.per === 'million' ? '1M tokens' : 'each',
      entry.title.replace(/\.$/, ''),
      otherwise(entry),
      operationNames.filter((name) => operations[name].units.includes(entry.unit)).join(', ') || 'no operation yet',
    ]),
  )

function otherwise({ partOf, ratedAs }: UnitEntry): string {
  if (partOf === undefined) return 'not charged'
  return ratedAs === undefined ? `as \`${partOf}\`` : `as \`${ratedAs}\`, else as \`${partOf}\``
}
