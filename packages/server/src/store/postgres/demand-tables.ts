import { SCHEMA, type Database } from './database.ts'
import { migrations } from './migrations.ts'
import { Refusal } from './postgres-failure.ts'
import { statement } from './session.ts'

/** A trigger that somebody has switched off counts as gone. */
const THERE = statement(`
  SELECT 'column ' || relname || '.' || attname AS part
  FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
  WHERE relnamespace = '${SCHEMA}'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND attnum > 0 AND NOT attisdropped
  UNION ALL SELECT 'sequence ' || relname FROM pg_class
  WHERE relnamespace = '${SCHEMA}'::regnamespace AND relkind = 'S'
  UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = '${SCHEMA}'::regnamespace
  UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
  WHERE relnamespace = '${SCHEMA}'::regnamespace AND NOT tgisinternal AND tgenabled <> 'D'`)

/**
 * Looks whether all is there that the steps have made: who has restored a part of a database, or changed it by hand, is told so at the start
 * rather than by the first request that needs what is missing. What a newer program has added does no harm.
 *
 * @throws Refusal `foreign` that names what is missing.
 */
export async function demandTables(database: Pick<Database, 'run'>): Promise<void> {
  const there = new Set((await database.run(THERE)).rows.map(({ part }) => String(part)))
  const [first, ...more] = partsOf(migrations.map(({ sql }) => sql).join('\n')).filter((part) => !there.has(part))
  if (first === undefined) return
  throw new Refusal(
    'foreign',
    `its schema ${SCHEMA} is not as Speka makes it: the ${first} is missing${more.length > 0 ? `, and ${more.length} more` : ''}. Restore ` +
      'it whole from a backup, or give SPEKA_DATABASE_URL another database.',
  )
}

/** What begins a line within a table, and is no column. */
const NO_COLUMN = new Set(['PRIMARY', 'UNIQUE', 'CHECK', 'FOREIGN', 'CONSTRAINT', 'EXCLUDE'])

/** What statements make, by their names: those that a step begins with `CREATE`. Indexes are left out: without one all is slower, and nothing else. */
export function partsOf(sql: string): string[] {
  const plain = sql.replaceAll(/--.*$/gm, '')
  const parts: string[] = []
  for (const { 1: kind = '', 2: name = '', index } of plain.matchAll(
    /CREATE (TABLE|SEQUENCE|FUNCTION|TRIGGER) (\w+)/g,
  )) {
    if (kind !== 'TABLE') parts.push(`${kind.toLowerCase()} ${name}`)
    else if (!/^CREATE TABLE \w+ PARTITION OF/.test(plain.slice(index)))
      parts.push(...columnsOf(plain, index).map((column) => `column ${name}.${column}`))
  }
  return parts
}

/** The first word of whatever stands between the outermost commas of a table. */
function columnsOf(sql: string, from: number): string[] {
  const items = ['']
  let depth = 0
  for (let at = sql.indexOf('(', from); at < sql.length; at += 1) {
    const character = sql.charAt(at)
    if (character === '(') depth += 1
    if (character === ')') depth -= 1
    if (depth === 0) break
    if (character === ',' && depth === 1) items.push('')
    else items[items.length - 1] += character
  }
  const words = items.map((item) => /"?(\w+)/.exec(item)?.[1] ?? '')
  return words.filter((word) => word !== '' && !NO_COLUMN.has(word))
}
