import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { randomFrom } from '../support/random-from.ts'
import { mutantsOf, type Mutant } from './mutants.ts'
import { pageOf, summaryOf, type Tried } from './results.ts'
import { sources, type Source } from './sources.ts'
import { root, Workshop } from './workshop.ts'

const usage = `npm run test:mutation -- [OPTIONS]

  --only TEXT      only the part of that name, or else sources whose path contains TEXT
  --sample NUMBER  so many mutants at random. Default: all
  --seed NUMBER    what makes the choice. Default: 7735
  --jobs NUMBER    how many at once. Default: 2
  --minutes NUMBER stops after so long: what was tried by then is a sample still. Default: when all are tried
  --write          writes test/mutation/results.md
`

/** The share of mutants that has to be noticed. */
const LEAST_NOTICED = 0.9
/** A mutant that takes so much longer than the program itself goes round for ever. */
const TIMES_AS_LONG = 20
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
      write: { type: 'boolean', default: false },
    },
  })
  if (options.help) {
    process.stdout.write(usage)
    return 0
  }
  const ofPart = sources.filter(({ part }) => part === options.only)
  const chosen = ofPart.length > 0 ? ofPart : sources.filter(({ file }) => file.includes(options.only))
  const jobs = sample(chosen.flatMap(jobsOf), Number(options.sample), Number(options.seed))
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
  const limits = new Map<Source, Promise<number | undefined>>()
  const tried: Tried[] = []
  const workshops = Array.from({ length: atOnce }, () => new Workshop())
  try {
    await inTurns(jobs, workshops, async ({ source, mutant }, workshop) => {
      if (performance.now() - began > forMs) return
      let limit = limits.get(source)
      if (limit === undefined) limits.set(source, (limit = limitOf(source, workshop)))
      const limitMs = await limit
      if (limitMs === undefined) return
      const file = join(root, source.file)
      const outcome = await workshop.run({ file, code: mutant.code, tests: pathsOf(source) }, limitMs)
      const noticed = outcome === 'hung' ? 'it does not end' : outcome.failed
      tried.push({ part: source.part, mutant, noticed })
      if (noticed === undefined) say(`not noticed: ${mutant.file}:${mutant.line} ${mutant.name}`)
      else if (tried.length % 100 === 0) say(`${tried.length} tried`)
    })
  } finally {
    for (const workshop of workshops) workshop.close()
  }
  return tried
}

const pathsOf = ({ tests }: Source): string[] => tests.map((test) => join(root, test))

/** How long a mutant of it may take, by how long the program itself takes; `undefined`: that does not pass, so nothing can be said. */
async function limitOf(source: Source, workshop: Workshop): Promise<number | undefined> {
  const since = performance.now()
  const outcome = await workshop.run({ file: '', code: '', tests: pathsOf(source) }, 600_000)
  const failed = outcome === 'hung' ? 'they do not end' : outcome.failed
  if (failed !== undefined) {
    say(`left out: the tests of ${source.file} fail on the program as it is: ${failed}`)
    process.exitCode = 1
    return undefined
  }
  return Math.max(LEAST_LIMIT_MS, TIMES_AS_LONG * (performance.now() - since))
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
