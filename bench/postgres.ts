// `npm run bench -- postgres [--only PART] [--rounds N] [--rows N] [--quick]`: what PostgreSQL beneath the gateway costs, and what it carries.
import { tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import { installServices } from '../test/support/services/install-services.ts'
import { startPostgres, type TestPostgres } from '../test/support/services/postgres.ts'
import { Figures } from './ledger/figures.ts'
import { measureCpu, measureMemory, measureReplicas } from './postgres/gateways.ts'
import { measureSettles } from './postgres/settles.ts'
import { measureStatements } from './postgres/statements.ts'

interface Size {
  readonly rounds: number
  readonly rows: number
  /** By what numbers of answers are divided, for a first look. */
  readonly haste: number
}

const parts: Readonly<Record<string, (postgres: TestPostgres, size: Size, figures: Figures) => Promise<void>>> = {
  settles: measureSettles,
  cpu: measureCpu,
  replicas: measureReplicas,
  memory: measureMemory,
  statements: measureStatements,
}

async function run(args: readonly string[]): Promise<boolean> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      rows: { type: 'string' },
      only: { type: 'string', multiple: true, default: Object.keys(parts) },
    },
  })
  const { quick, only } = values
  const size: Size = {
    rounds: wholeNumber('--rounds', values.rounds ?? (quick ? '3' : '15')),
    rows: wholeNumber('--rows', values.rows ?? (quick ? '50000' : '200000')),
    haste: quick ? 10 : 1,
  }
  const unknown = only.find((name) => !Object.hasOwn(parts, name))
  if (unknown !== undefined) throw new Error(`There is no part ${unknown}, but ${Object.keys(parts).join(', ')}.`)
  await installServices()
  const figures = new Figures()
  // On a disk, where a commit has to wait for it: with all else as it comes.
  const postgres = await startPostgres({ place: tmpdir(), settings: ['max_wal_size = 1GB'] })
  const stop = (): void => void postgres.stop().then(() => process.exit(130))
  process.once('SIGINT', stop).once('SIGTERM', stop)
  try {
    for (const name of only) await parts[name]?.(postgres, size, figures)
  } finally {
    await postgres.stop()
  }
  return figures.missed === 0
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw new Error(`${name} must be a whole number above 0, not "${text}".`)
}

try {
  process.exitCode = (await run(process.argv.slice(2))) ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
}
