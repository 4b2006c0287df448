import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** What a source imports when it runs: not what it imports for its types. */
function loadedBy(file: string): string[] {
  const statement = /^(?:import|export)(?! type\b)[^'"`]*?\bfrom '([^']+)'|^import '([^']+)'/gm
  return [...readFileSync(file, 'utf8').matchAll(statement)].map((match) => match[1] ?? match[2] ?? '')
}

test('the database thread loads nothing but its own files and Node', () => {
  const files = [resolve(import.meta.dirname, 'worker.ts')]
  const strangers: string[] = []
  for (const file of files) {
    for (const specifier of loadedBy(file)) {
      if (specifier.startsWith('.')) {
        const target = resolve(dirname(file), specifier)
        if (!files.includes(target)) files.push(target)
      } else if (!specifier.startsWith('node:')) {
        strangers.push(
          `${file} imports '${specifier}': take types from it alone, since the thread cannot find it in source`,
        )
      }
    }
  }
  expect(files.length).toBeGreaterThan(5)
  expect(strangers).toEqual([])
})
