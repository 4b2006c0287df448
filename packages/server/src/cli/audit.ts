import { listAudit as list } from '../operations/list-audit.ts'
import { verifyAudit as verify } from '../operations/verify-audit.ts'
import { operator, readDate, text, UsageError, type Command, type Invocation } from './command.ts'
import { accountOption } from './list-command.ts'
import { json } from './on-one.ts'
import { printTable } from './table.ts'
import { dataOption, withStoreToRead } from './with-store.ts'

/** `speka audit`: who changed what, or whether all of it is as it was written. */
export const audit: Command = {
  name: 'audit',
  usage: '[--since ISO] [--account ID] [--verify] [--json] [--data DIR]',
  summary: 'List who changed what; with --verify, check that nobody has changed the list.',
  options: {
    ...dataOption,
    ...json,
    ...accountOption,
    since: { type: 'string' },
    verify: { type: 'boolean' },
  },
  run(invocation) {
    const { options } = invocation
    if (options['verify'] !== true) return listChanges(invocation)
    if (options['since'] !== undefined || options['account'] !== undefined)
      throw new UsageError('--verify reads all of the audit: leave --since and --account out.')
    return verifyAll(invocation)
  },
}

async function listChanges(invocation: Invocation): Promise<number> {
  const { options, terminal } = invocation
  const wanted = { since: readDate('since', text(options, 'since')), account: text(options, 'account') }
  const entries = await withStoreToRead(invocation, (parts) => list(parts, operator, wanted))
  if (options['json'] === true) terminal.out(JSON.stringify(entries))
  else if (entries.length === 0) terminal.out('Nothing has been changed yet.')
  else
    printTable(
      terminal,
      ['n', 'at', 'actor', 'action', 'id', 'account'],
      entries.map(({ n, at, actor, action, id, account }) => [String(n), at, actor, action, id, account ?? '']),
    )
  return 0
}

/** @returns 1 when something does not fit. */
async function verifyAll(invocation: Invocation): Promise<number> {
  const { options, terminal } = invocation
  const verdict = await withStoreToRead(invocation, (parts) => verify(parts, operator, {}))
  const { entries, intact, broken } = verdict
  if (options['json'] === true) terminal.out(JSON.stringify(verdict))
  else if (broken === null) terminal.out(`${entries} entries, all as they were written.`)
  else terminal.error(`Entry ${broken.n} does not fit: ${broken.why}.`)
  return intact ? 0 : 1
}
