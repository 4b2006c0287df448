import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { SpekaError } from '@speka/core'
import { readSettings } from '../config/settings.ts'
import { openPepper, pepperMarkOf } from '../keys/pepper.ts'
import { copyStore, verifyStore, type StoreReport } from '../store/copy-store.ts'
import { storeIn, storeOf, type StorePlace } from '../store/open-store.ts'
import { text, UsageError, type Command, type Terminal } from './command.ts'
import { json } from './on-one.ts'
import { showFolding } from './show-folding.ts'
import { showProgress } from './show-progress.ts'
import { dataOption } from './with-store.ts'

/** `speka db migrate`: brings the tables up to date, so that the first start of a new version finds it done. */
const migrate: Command = {
  name: 'db migrate',
  usage: '[--json] [--data DIR]',
  summary: 'Make the tables of the database, or bring them up to date, without starting.',
  options: { ...dataOption, ...json },
  async run({ options, variables, terminal }) {
    const place = storeOf(readSettings(variables, { data: text(options, 'data') }))
    const store = await place.open()
    await store.close()
    if (options['json'] === true) terminal.out(JSON.stringify({ store: place.name, up_to_date: true }))
    else terminal.out(`The tables of ${place.name} are up to date.`)
    return 0
  },
}

/** `speka db copy`: moves a machine's state to a database that replicas share, and holds one to the other. */
const copy: Command = {
  name: 'db copy',
  usage: '[--from sqlite:DIR] [--to postgres://…] [--json] [--data DIR]',
  summary: 'Copy all of a stopped gateway from SQLite to an empty PostgreSQL database, and verify both.',
  options: { ...dataOption, ...json, from: { type: 'string' }, to: { type: 'string' } },
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
      pepperMark: pepperMarkOf(settings.keyPepper, dataDir),
      onProgress: ({ copied, total }) => show({ done: copied, total }),
    })
    terminal.error(`Copied ${from.name} to ${to.name}. Both are looked at …`)
    const reports = [await lookAt(from, terminal), await lookAt(to, terminal)] as const
    const verdict = judge(reports)
    // What is said beside the one line of JSON goes where it is in nobody's way.
    const beside = options['json'] === true ? { ...terminal, out: terminal.error } : terminal
    if (options['json'] === true) terminal.out(JSON.stringify({ from: from.name, to: to.name, ...verdict }))
    tellVerdict(verdict, beside)
    if (!verdict.same || !verdict.intact) return 1
    await tellPepper(to, { given: settings.keyPepper, dataDir }, beside)
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

/** How the copy stands beside the original. */
interface Verdict {
  readonly same: boolean
  /** Whether the original is as it was written. */
  readonly intact: boolean
  readonly usage_records: number
  readonly changes: number
  readonly invoices: number
}

function judge([before, after]: readonly [StoreReport, StoreReport]): Verdict {
  return {
    same: isDeepStrictEqual(plain(before), plain(after)),
    intact: before.ledger.problems.length + before.invoices.problems.length === 0 && before.audit.broken === undefined,
    usage_records: after.ledger.rows,
    changes: after.audit.entries,
    invoices: after.invoices.count,
  }
}

function tellVerdict(
  { same, intact, usage_records: records, changes, invoices }: Verdict,
  { out, error }: Pick<Terminal, 'out' | 'error'>,
): void {
  if (same && intact)
    out(`${records} usage records, ${changes} changes and ${invoices} invoices are as they were written, in both.`)
  else if (same)
    error(
      'The copy is as the original is, and the original is damaged: "speka ledger verify" and "speka audit" tell where.',
    )
  else
    error(
      'The copy is not as the original is. Drop the database, and look at both with "speka ledger verify" before trying again.',
    )
}

/** Looks whether the keys can be recognised, and says what each replica needs for that. */
async function tellPepper(
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
