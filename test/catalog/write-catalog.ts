import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { isRecord } from '../../packages/core/src/json.ts'
import type { OpenCatalogRow } from '../../packages/server/src/config/open-catalog.ts'
import { jumps, staleRows } from './check-catalog.ts'
import { makeCatalog, modelDirectory, modelsDev, type DataSet } from './make-catalog.ts'

// `npm run catalog -- --models-dev FILE@DAY --directory FILE@DAY` makes the open catalog anew of copies of two data sets: the
// JSON that models.dev serves, and `data/all.json` of the model directory, each with the day of its copy. It stops where a price
// has jumped by more than a half, unless --accept-jumps is given. Without data sets it tells what has become old.

const path = resolve(import.meta.dirname, '..', '..', join('packages', 'server', 'src', 'config', 'open-catalog.json'))

const { values } = parseArgs({
  options: {
    'models-dev': { type: 'string' },
    directory: { type: 'string' },
    'accept-jumps': { type: 'boolean', default: false },
  },
})

const say = (line: string): void => void process.stdout.write(`${line}\n`)

const before = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as readonly OpenCatalogRow[]) : []
const kept = dataSet('models.dev', modelsDev, values['models-dev'])
const made = kept && makeCatalog(kept, dataSet('ai-model-directory', modelDirectory, values.directory))
const after = made?.rows ?? before
const jumped = jumps(before, after)
const old = staleRows(after, new Date().toISOString().slice(0, 10))
for (const problem of [...(made?.disputed ?? []), ...jumped, ...old]) say(problem)

if (jumped.length > 0 && !values['accept-jumps']) {
  say(`${jumped.length} prices have jumped: look at them, then say --accept-jumps`)
  process.exitCode = 1
} else if (made !== undefined) {
  writeFileSync(path, `[\n${after.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`)
  say(`${after.length} models of ${new Set(after.map(({ provider }) => provider)).size} providers`)
} else if (old.length > 0) {
  say(`${old.length} prices are old: make the catalog anew of newer data sets`)
  process.exitCode = 1
}

function dataSet(name: string, shape: DataSet['shape'], given: string | undefined): DataSet | undefined {
  if (given === undefined) return undefined
  const [, file = given, day] = /^(.*)@(\d{4}-\d{2}-\d{2})$/.exec(given) ?? []
  if (day === undefined) throw new RangeError(`${given} needs the day of the copy: ${given}@YYYY-MM-DD`)
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
  if (!isRecord(value)) throw new RangeError(`${file} is not an object of providers`)
  return { name, day, shape, providers: value }
}
