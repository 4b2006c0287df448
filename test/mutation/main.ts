import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { randomFrom } from '../support/random-from.ts'
import { mutantsOf, type Mutant } from './mutants.ts'
import { pageOf, reasonFor, summaryOf, type Tried } from './results.ts'
import { sources, type Source } from './sources.ts'
import { root, Workshop } from './workshop.ts'

const usage = `npm run test:mutation -- [OPTIONS]

  --only TEXT      only the part of that name, or else sources whose path contains TEXT
  --sample NUMBER  so many mutants at random. Default: all
  --seed NUMBER    what makes the choice. Default: 7735
  --jobs NUMBER    how many at once. Default: 2
  --minutes NUMBER stops after so long: what was tried by then is a sample still. Default: when all are tried
  --open           leaves out those that are explained
  --write          writes test/mutation/results.md
`

/** The share of mutants that has to be noticed. */
const LEAST_NOTICED = 0.9
/** A mutant that takes so much longer than the program itself goes round for ever. */
const TIMES_AS_LONG = 10
const LEAST_LIMIT_MS = 10_000

interface Job {
  readonly source: Source
  readonly mutant: Mutant
}

const began = performance.now()
const say = (text: string): void => {
  const seconds = Math.round((performance.now() - began) / 1000)
  process.stderr.write(`[${String(seconds).padStart(4)}s] ${text}\n`)
}

async function main(): Promise<number> {
  const { values: options } = parseArgs({
    options: {
      help: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      sample: { type: 'string', default: 'Infinity' },
      seed: { type: 'string', default: '7735' },
      jobs: { type: 'string', default: '2' },
      minutes: { type: 'string', default: 'Infinity' },
      open: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  })
  if (options.help) {
    process.stdout.write(usage)
    return 0
  }
  const ofPart = sources.filter(({ part }) => part === options.only)
  const chosen = ofPart.length > 0 ? ofPart : sources.filter(({ file }) => file.includes(options.only))
  const all = chosen.flatMap(jobsOf).filter(({ mutant }) => !options.open || reasonFor(mutant) === undefined)
  const jobs = sample(all, Number(options.sample), Number(options.seed))
  say(`${jobs.length} mutants of ${chosen.length} sources`)
  const tried = await tryAll(jobs, Number(options.jobs), Number(options.minutes) * 60_000)
  process.stdout.write(`\n${pageOf(tried)}`)
  const { share, unexplained } = summaryOf(tried)
  say(`${(share * 100).toFixed(1)} % were noticed, ${unexplained} of the others are not explained`)
  if (options.write) writeFileSync(join(import.meta.dirname, 'results.md'), pageOf(tried))
  return share < LEAST_NOTICED ? 1 : 0
}

const jobsOf = (source: Source): Job[] =>
  mutantsOf(source.file, readFileSync(join(root, source.file), 'utf8')).map((mutant) => ({ source, mutant }))

async function tryAll(jobs: readonly Job[], atOnce: number, forMs: number): Promise<Tried[]> {
  const checks = new Map<Source, Promise<readonly Check[] | undefined>>()
  const tried: Tried[] = []
  const workshops = Array.from({ length: atOnce }, () => new Workshop())
  try {
    await inTurns(jobs, workshops, async ({ source, mutant }, workshop) => {
      if (performance.now() - began > forMs) return
      let known = checks.get(source)
      if (known === undefined) checks.set(source, (known = checksOf(source, workshop)))
      const inOrder = await known
      if (inOrder === undefined) return
      const noticed = await whoNotices(mutant, inOrder, workshop)
      tried.push({ part: source.part, mutant, noticed })
      if (noticed === undefined) say(`not noticed: ${mutant.file}:${mutant.line} ${mutant.name}`)
      else if (tried.length % 100 === 0) say(`${tried.length} tried`)
    })
  } finally {
    for (const workshop of workshops) workshop.close()
  }
  return tried
}

/** A test file, and how long it may take with a mutant. */
interface Check {
  readonly test: string
  readonly limitMs: number
}

/** The first test that fails. */
async function whoNotices(mutant: Mutant, checks: readonly Check[], workshop: Workshop): Promise<string | undefined> {
  const file = join(root, mutant.file)
  for (const { test, limitMs } of checks) {
    const outcome = await workshop.run({ file, code: mutant.code, tests: [test] }, limitMs)
    if (outcome === 'hung') return 'it does not end'
    if (outcome.failed !== undefined) return outcome.failed
  }
  return undefined
}

/** By how long the program itself takes; `undefined`: that does not pass, so nothing can be said. */
async function checksOf(source: Source, workshop: Workshop): Promise<readonly Check[] | undefined> {
  const checks: Check[] = []
  for (const test of source.tests.map((path) => join(root, path))) {
    const since = performance.now()
    const outcome = await workshop.run({ file: '', code: '', tests: [test] }, 600_000)
    const failed = outcome === 'hung' ? `${test} does not end` : outcome.failed
    if (failed !== undefined) {
      say(`left out: the tests of ${source.file} fail on the program as it is: ${failed}`)
      process.exitCode = 1
      return undefined
    }
    checks.push({ test, limitMs: Math.max(LEAST_LIMIT_MS, TIMES_AS_LONG * (performance.now() - since)) })
  }
  return checks
}

/** Does `work` on each item, in each workshop one at a time. */
async function inTurns<Item>(
  items: readonly Item[],
  workshops: readonly Workshop[],
  work: (item: Item, workshop: Workshop) => Promise<void>,
): Promise<void> {
  const left = [...items]
  const go = async (workshop: Workshop): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await work(next, workshop)
  }
  await Promise.all(workshops.map(go))
}

function sample<Item>(items: readonly Item[], count: number, seed: number): Item[] {
  if (count >= items.length) return [...items]
  const random = randomFrom(seed)
  const shuffled = items.map((item) => ({ item, at: random() })).toSorted((a, b) => a.at - b.at)
  return shuffled.slice(0, count).map(({ item }) => item)
}

try {
  process.exitCode = (await main()) || process.exitCode
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
