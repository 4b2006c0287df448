import { mutantsOf } from './mutants.ts'

/** What became of a program's line, in each of its mutants. */
const changed = (source: string): string[] =>
  mutantsOf('a.ts', source).map(({ code }) => code.replace(/\s+/g, ' ').trim())

test.each([
  ['const a = (b: number) => b + 1', ['const a = (b ) => b - 1', 'const a = (b ) => b + (1 + 1)']],
  ['const f = (a: number) => a < 2', expect.arrayContaining(['const f = (a ) => a <= 2', 'const f = (a ) => true'])],
  ['if (a && b) f()', expect.arrayContaining(['if (a || b) f()', 'if (true) f()', 'if (false) f()', 'if (a && b) ;'])],
  ['const r = { a: 1n, b }', ['const r = { b }', 'const r = { a: 2n, b }', 'const r = { a: 1n }']],
  ['const r = [x, y]', ['const r = [y]', 'const r = [x]']],
  ["const r = { a, source: 'https://a.example' }", []],
  ["const r = { a, source: 'A maker by 400' }", []],
  ['z.strictObject(a)', [';', 'z.object(a)']],
  ['const b = a.filter(f)', ['const b = a']],
  ["const b = a === 'x'", expect.arrayContaining(["const b = a === ''", "const b = a !== 'x'"])],
  ['function f() { return !a }', expect.arrayContaining(['function f() { return a }', 'function f() { return true }'])],
  ['let a = b ?? 5', ['let a = b && 5', 'let a = b ?? (5 + 1)']],
])('%s', (source, expected) => {
  expect(changed(source)).toEqual(expected)
})

test('words for people, names and imports are left alone', () => {
  expect(changed(`import a from 'b'\nexport type C = 'd'\nconst e = 'A sentence.'\nconst { 'f-g': h } = e`)).toEqual([])
})

test('a mutant says where it is, and what became of what', () => {
  const [mutant] = mutantsOf('a.ts', 'const a: string = b\n\nreturnIt(c * 2)\n').filter(({ name }) =>
    name.includes('/'),
  )
  expect(mutant).toMatchObject({ file: 'a.ts', line: 3, name: 'returnIt(c * 2) | * → /' })
})

test('each is a program that can be read', () => {
  const source = 'for (let i = 0; i < a.length; i += 1) { if (!a[i]) continue; b.push({ ...a[i], c: -1 }) }'
  expect(mutantsOf('a.ts', source).length).toBeGreaterThan(10)
})
