import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { SpekaError } from '@speka/core'
import { readSettings } from '../config/settings.ts'
import { openPepper } from '../keys/pepper.ts'
import { copyStore, verifyStore, type StoreReport } from '../store/copy-store.ts'
import { storeIn, storeOf, type StorePlace } from '../store/open-store.ts'
import { text, UsageError, type Command, type Terminal } from './command.ts'
import { showFolding } from './show-folding.ts'
import { showProgress } from './show-progress.ts'
import { dataOption } from './with-store.ts'

/** `speka db migrate`: brings the tables up to date, so that the first start of a new version finds it done. */
const migrate: Command = {
  name: 'db migrate',
  usage: '[--data DIR]',
  summary: 'Make the tables of the database, or bring them up to date, without starting.',
  options: dataOption,
  async run({ options, variables, terminal }) {
    const place = storeOf(readSettings(variables, { data: text(options, 'data') }))
    const store = await place.open()
    await store.close()
    terminal.out(`The tables of ${place.name} are up to date.`)
    return 0
  },
}

/** `speka db copy`: moves a machine's state to a database that replicas share, and holds one to the other. */
const copy: Command = {
  name: 'db copy',
  usage: '[--from sqlite:DIR] [--to postgres://…] [--data DIR]',
  summary: 'Copy all of a stopped gateway from SQLite to an empty PostgreSQL database, and verify both.',
  options: { ...dataOption, from: { type: 'string' }, to: { type: 'string' } },
  async run(invocation) {
    const { options, variables, terminal } = invocation
    const settings = readSettings(variables, { data: text(options, 'data') })
    const dataDir = readFrom(text(options, 'from'), settings.dataDir)
    const databaseUrl = text(options, 'to') ?? settings.databaseUrl
    if (databaseUrl === undefined)
      throw new UsageError('Say where to: --to postgres://speka:secret@db.example.com/speka, or SPEKA_DATABASE_URL.')
    if (!/^postgres(?:ql)?:\/\//.test(databaseUrl))
      throw new UsageError('--to must be the URL of a PostgreSQL database.')
    const [from, to] = [storeIn(dataDir), storeOf({ dataDir, databaseUrl })]
    if (!(await from.exists()))
      throw new UsageError(`There is no store at ${from.name}. Say where it is: --from sqlite:DIR.`)
    const show = showProgress(terminal, { verb: 'Copied', what: 'rows' })
    await copyStore({
      from: from.name,
      to: databaseUrl,
      onProgress: ({ copied, total }) => show({ done: copied, total }),
    })
    terminal.error(`Copied ${from.name} to ${to.name}. Both are looked at …`)
    const reports = [await lookAt(from, terminal), await lookAt(to, terminal)] as const
    if (!tellReports(reports, terminal)) return 1
    await keepPepper(to, { given: settings.keyPepper, dataDir }, terminal)
    return 0
  },
}

/** @returns the folder of a file, or a folder, that may begin with `sqlite:`. */
function readFrom(from: string | undefined, dataDir: string): string {
  if (from === undefined) return dataDir
  const path = from.replace(/^sqlite:(?:\/\/)?/, '')
  if (/^[a-z]+:\/\//.test(path)) throw new UsageError('--from must be a data folder, such as sqlite:/var/lib/speka.')
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? dirname(path) : path
}

async function lookAt(place: StorePlace, terminal: Terminal): Promise<StoreReport> {
  const store = await place.open({ mustExist: true, foldWaitMs: Infinity, onFolding: showFolding(terminal) })
  return verifyStore(store).finally(() => store.close())
}

/** Reports of another thread have prototypes of their own where tests run. */
const plain = (report: StoreReport): unknown => JSON.parse(JSON.stringify(report))

function tellReports([before, after]: readonly [StoreReport, StoreReport], { out, error }: Terminal): boolean {
  const same = isDeepStrictEqual(plain(before), plain(after))
  const whole =
    before.ledger.problems.length + before.invoices.problems.length === 0 && before.audit.broken === undefined
  if (same && whole) {
    out(
      `${after.ledger.rows} usage records, ${after.audit.entries} changes and ${after.invoices.count} invoices are as they were written, ` +
        'in both.',
    )
    return true
  }
  if (same)
    error(
      'The copy is as the original is, and the original is damaged: "speka ledger verify" and "speka audit" tell where.',
    )
  else
    error(
      'The copy is not as the original is. Drop the database, and look at both with "speka ledger verify" before trying again.',
    )
  return false
}

/** So that a start with another pepper is refused, rather than no key recognised. */
async function keepPepper(
  to: StorePlace,
  { given, dataDir }: { readonly given: string | undefined; readonly dataDir: string },
  { out, error }: Pick<Terminal, 'out' | 'error'>,
): Promise<void> {
  const store = await to.open({ mustExist: true })
  try {
    await openPepper(given, dataDir, store.registry, store.replicas)
    const where =
      given === undefined
        ? `Copy ${dataDir}/key-pepper to the data folder of each replica`
        : 'Set SPEKA_KEY_PEPPER on each replica'
    out(`${where}: keys are recognised by it.`)
  } catch (failure) {
    if (!SpekaError.is(failure)) throw failure
    error(failure.message)
  } finally {
    await store.close()
  }
}

export const dbCommands: readonly Command[] = [migrate, copy]
