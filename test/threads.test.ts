import { globSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')

/** A thread of the server has a heap of its own, and reads whatever it imports again: of the engine it takes this and nothing more. */
const TAKEN = ['@speka/core/internal/pricing']

const workers = globSync('packages/server/src/**/*-worker.ts', { cwd: root }).filter(
  (path) => !path.includes('__fixtures__'),
)

/** What of the engine a module loads when it runs, by way of whichever other. */
function loadedFromEngine(entry: string): string[] {
  const seen = new Set([entry])
  const found: string[] = []
  for (const file of seen) {
    for (const specifier of loadedBy(readFileSync(file, 'utf8'))) {
      if (specifier.startsWith('.')) seen.add(resolve(dirname(file), specifier))
      else if (specifier.startsWith('@speka/')) found.push(`${specifier} in ${file.slice(root.length + 1)}`)
    }
  }
  return found.filter((each) => !TAKEN.some((taken) => each.startsWith(`${taken} `)))
}

/** Types are gone by then. */
function loadedBy(source: string): string[] {
  const statement = /^(?:import|export)\s+(?!type\b)(?<names>[^'"`]*?)\bfrom\s*'(?<specifier>[^']+)'/gm
  return [...source.matchAll(statement)].flatMap(({ groups: { names = '', specifier = '' } = {} }) =>
    /^\{(?:\s*type\s+[\w\s]+,?)+\s*\}\s*$/.test(names) ? [] : [specifier],
  )
}

test.each(workers)('%s loads no engine', (worker) => {
  expect(loadedFromEngine(join(root, worker))).toEqual([])
})

test('there are such threads, and what they load is found', () => {
  expect(workers.length).toBeGreaterThan(3)
  expect(loadedFromEngine(join(root, 'packages/server/src/store/usage-row.ts'))).toContain(
    '@speka/core in packages/server/src/store/usage-row.ts',
  )
})
