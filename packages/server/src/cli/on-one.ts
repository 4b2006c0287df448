import type { Operation } from '../operations/operation.ts'
import { operator, UsageError, type Command, type Invocation } from './command.ts'
import { dataOption, withStore } from './with-store.ts'

export const json = { json: { type: 'boolean' } } as const

/** A command that does one thing with what an id names, and shows what it is then. */
export const onOne = (group: Group, verb: string, summary: string, operation: Operation<object>): Command => ({
  name: `${group} ${verb}`,
  usage: 'ID [--json] [--data DIR]',
  summary,
  options: { ...dataOption, ...json },
  run: (invocation) =>
    withStore(invocation, async (parts) => {
      const [id] = argumentsOf(invocation, group)
      show(invocation, await operation(parts, operator, { id }))
      return 0
    }),
})

/** The kinds of what commands are about, as their names begin. */
export type Group = 'accounts' | 'credits' | 'keys' | 'limits' | 'members' | 'teams' | 'tokens'

/**
 * What stands behind the command's name: an id of what it is about, and what more it wants.
 *
 * @throws UsageError when there is less, or more.
 */
export function argumentsOf(
  { positionals }: Invocation,
  group: Group,
  more?: 'name' | 'plan' | 'role',
): readonly string[] {
  if (positionals.length === (more === undefined ? 1 : 2)) return positionals
  const wanted = `one ${group.slice(0, -1)} id${more === undefined ? '' : ` and a ${more}`}`
  throw new UsageError(`Give ${wanted}; "speka ${group} list" shows them.`)
}

/** Shows a record: a line for each field, or all of it as JSON. */
export function show({ options, terminal }: Invocation, record: object): void {
  if (options['json'] === true) {
    terminal.out(JSON.stringify(record))
    return
  }
  const fields = Object.entries(record).map(([name, value]) => [name, shown(value)] as const)
  const width = Math.max(...fields.map(([name]) => name.length)) + 2
  for (const [name, value] of fields) terminal.out(`${name.padEnd(width)}${value}`)
}

function shown(value: unknown): string {
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return '–'
  if (Array.isArray(value)) return value.map(shown).join(', ')
  return typeof value === 'object' ? shownParts(value) : String(value)
}

/** A record within a record: its parts that there are, on the same line. */
const shownParts = (record: object): string =>
  Object.entries(record)
    .filter(([, part]) => part !== null)
    .map(([name, part]) => `${name} ${shown(part)}`)
    .join(' ')
