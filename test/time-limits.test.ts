import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')

/** Figures of time are theirs: what measures, and what tells the figures of faults. */
const MEASURE = /^test\/faults\/long-run\/|^test\/n8n\/topics\/overhead/
/** They wait with a deadline of `PATIENCE_MS`, which is all they look at the clock for. */
const WAIT =
  /^test\/support\/|\.contract\.ts$|^test\/openai-node-sdk\.test\.ts$|^test\/heavy\/model-server\.suite|^test\/n8n\/on-the/

const files = globSync('{test,packages/*/src,packages/*/test}/**/*.{test,contract,fake}.ts', { cwd: root })
  .concat(globSync('test/{browser,faults,support,n8n}/**/*.ts', { cwd: root }))
  .filter((file) => !file.includes('node_modules') && file !== 'test/time-limits.test.ts')
const texts = [...new Set(files)].toSorted().map((file) => ({ file, text: readFileSync(resolve(root, file), 'utf8') }))

/** Where a pattern is found, as `file: text`. */
const found = (pattern: RegExp, but: RegExp): string[] =>
  texts
    .filter(({ file }) => !but.test(file))
    .flatMap(({ file, text }) => [...text.matchAll(pattern)].map(([where]) => `${file}: ${where.trim()}`))

const LEAST_MS = 60_000

/** Those of the places that name a shorter time. */
const short = (places: readonly string[]): string[] =>
  places.filter((place) => Number(/[\d_]+\W*$/.exec(place)?.[0].replace(/\D/g, '')) < LEAST_MS)

test('every file that tests is looked at', () => {
  expect(texts.length).toBeGreaterThan(300)
})

test('no test measures how long something took', () => {
  expect(found(/.*(?:performance\.now|hrtime|cpuUsage)\(.*/g, new RegExp(`${MEASURE.source}|${WAIT.source}`))).toEqual(
    [],
  )
})

test('no test is given less than a minute', () => {
  expect(short(found(/^(?: {2}){0,3}(?:\}, |\},\n\s+)[\d_]+,?$/gm, MEASURE))).toEqual([])
})

test('no program that a test runs is given less than a minute', () => {
  expect(short(found(/runProgram\([^;]{0,500}?timeoutMs: [\d_]+/g, MEASURE))).toEqual([])
  expect(short(found(/(?:execFileSync|spawnSync)\([^;]{0,500}?timeout: [\d_]+/g, MEASURE))).toEqual([])
})

test('nothing is waited for with a limit of its own', () => {
  expect(found(/\b(?:eventually|until|closed)\([^;\n]*, [\d_]{3,}\)/g, MEASURE)).toEqual([])
})
