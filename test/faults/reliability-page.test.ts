import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { catalogue } from './catalogue.ts'
import { callers, overTime, pains } from './proofs.ts'
import { PAGE, withTables } from './reliability-page.ts'

const root = resolve(import.meta.dirname, '..', '..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

test('the page on reliability says what the tests prove', () => {
  const page = read(PAGE)
  // Out of step? node_modules/node/bin/node --conditions=@speka/source test/faults/write-reliability-page.ts
  expect(page).toBe(withTables(page))
})

test.each([...overTime, ...callers, ...pains].flatMap(({ proofs }) => proofs))(
  '"$test" is a test in $file',
  (proof) => {
    // A test's name is what `test`, `describe` or a table of them is called with.
    const names = [...read(proof.file).matchAll(/\(\s*'([^'\n]+)',/g)].map(([, name = '']) => name)
    expect(names.filter((name) => name.includes(proof.test))).not.toEqual([])
  },
)

const faults = Array.from({ length: 30 }, (_, at) => `F-${String(at + 1).padStart(2, '0')}`)

test('every fault between the gateway and its upstreams has its row', () => {
  const rows = catalogue.map(({ id }) => id)
  expect(rows).toEqual([...new Set(rows)])
  expect([...new Set([...rows, ...overTime.map(({ id }) => id)])].toSorted()).toEqual(faults)
})
