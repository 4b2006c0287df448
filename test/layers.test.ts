import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'

/**
 * The rooms of core, in the order a request walks through them. A room imports from its own row and from the rows above it.
 * `only` narrows that further; `world` marks the one room that may touch Node and npm packages.
 */
const coreRooms: Row[] = [
  {
    rooms: [
      'json',
      'errors',
      'failure',
      'money',
      'spend-account',
      'units',
      'usage',
      'transport',
      'clock',
      'uuid',
      'sealed-id',
    ],
  },
  { rooms: ['bytes'], only: ['transport'] },
  { rooms: ['wire'] },
  { rooms: ['operations'] },
  { rooms: ['dialects'], only: ['json', 'bytes', 'wire', 'operations', 'errors', 'transport', 'uuid'] },
  { rooms: ['catalog'] },
  { rooms: ['pricing'] },
  { rooms: ['providers'] },
  { rooms: ['sandbox'], only: ['json', 'bytes', 'wire', 'operations', 'transport', 'clock'] },
  { rooms: ['config'] },
  { rooms: ['meter'] },
  { rooms: ['health'] },
  { rooms: ['route'] },
  { rooms: ['engine'] },
  { rooms: ['attempt'] },
  { rooms: ['layers'] },
  { rooms: ['create-engine'] },
  { rooms: ['front'] },
  { rooms: ['gateway'] },
  { rooms: ['web'] },
  { rooms: ['index'] },
  { rooms: ['edge'] },
  { rooms: ['node'], world: true },
  { rooms: ['internal'] },
]

/** Which of our packages a package may import. The rooms outside `packages/` (examples, test, bench) may import any. */
const packages: Record<string, string[]> = {
  '@speka/core': [],
  '@speka/server': ['@speka/core'],
  '@speka/langchain': ['@speka/core'],
  '@speka/llamaindex': ['@speka/core'],
  'n8n-nodes-speka': ['@speka/core'],
}

/** Where packages keep their sources; n8n wants the last two. */
const sourceFolders = ['src', 'nodes', 'credentials']

/** All that core takes from Node. */
const nodeInCore = ['node:crypto']

type Row = { rooms: string[]; only?: string[]; world?: boolean }
type Import = { file: string; specifier: string }

const root = resolve(import.meta.dirname, '..')
const coreSource = join(root, 'packages', 'core', 'src')

test('every room of core is in the table', () => {
  const unlisted = topLevelRooms().filter((room) => rowOf(room) === -1)
  expect(
    unlisted.map((room) => `packages/core/src/${room} is in no row: add it to coreRooms in test/layers.test.ts`),
  ).toEqual([])
})

test('no room of core is in the table twice', () => {
  const rooms = coreRooms.flatMap((row) => row.rooms)
  expect(rooms).toEqual([...new Set(rooms)])
})

test.each(coreRooms.flatMap(({ rooms }) => rooms).map((room) => ({ room })))(
  '$room imports only what comes before it',
  ({ room }) => {
    const complaints = importsIn(coreSource)
      .filter(({ file }) => roomOf(file) === room)
      .map(complaintAboutCore)
      .filter((complaint) => complaint !== undefined)
    expect(complaints).toEqual([])
  },
)

test.each(workspaces())('$name imports only the packages of ours it may', ({ name, folder }) => {
  const allowed = packages[name]
  if (allowed === undefined) throw new Error(`${name} is in no row: add it to packages in test/layers.test.ts`)
  const sources = sourceFolders.flatMap((source) => importsIn(join(folder, source)))
  const complaints = sources.flatMap(({ file, specifier }) => {
    if (specifier.startsWith('.') && !resolve(dirname(file), specifier).startsWith(folder + sep)) {
      return [`${pathOf(file)} leaves its package by importing '${specifier}'`]
    }
    const ours = Object.keys(packages).find((other) => specifier === other || specifier.startsWith(`${other}/`))
    if (ours === undefined || ours === name || allowed.includes(ours)) return []
    return [`${pathOf(file)} imports '${specifier}', but ${name} may import ${listed(allowed)} of ours`]
  })
  expect(complaints).toEqual([])
})

test.each([
  { what: 'a value', source: `import { a } from './a.ts'`, found: ['./a.ts'] },
  { what: 'a type', source: `import type { A } from './a.ts'`, found: ['./a.ts'] },
  { what: 'names on several lines', source: `import {\n  a,\n  b,\n} from './a.ts'\n`, found: ['./a.ts'] },
  { what: 'a re-export', source: `export * from './a.ts'\nexport { b } from './b.ts'`, found: ['./a.ts', './b.ts'] },
  { what: 'a side effect', source: `import './a.ts'`, found: ['./a.ts'] },
  { what: 'a dynamic import', source: `const a = await import('./a.ts')`, found: ['./a.ts'] },
  { what: 'an import after code', source: `export const a = 1\nimport { b } from './b.ts'`, found: ['./b.ts'] },
  { what: 'an example in a comment', source: `/**\n * import { a } from './a.ts'\n */`, found: [] },
])('$what is read as an import or not', ({ source, found }) => {
  expect(specifiersIn(source)).toEqual(found)
})

function complaintAboutCore({ file, specifier }: Import): string | undefined {
  const from = roomOf(file)
  const row = coreRooms[rowOf(from)]
  const says = `${pathOf(file)} imports '${specifier}'`
  if (row === undefined)
    return `${says}, and its room "${from}" is in no row: add it to coreRooms in test/layers.test.ts`

  if (!specifier.startsWith('.')) {
    if (row.world === true || nodeInCore.includes(specifier)) return undefined
    return `${says}, but core takes nothing from outside except ${listed(nodeInCore)}; the world belongs in src/node.ts`
  }

  const target = resolve(dirname(file), specifier)
  if (!target.startsWith(coreSource + sep)) return `${says}, which is outside packages/core/src`
  const to = roomOf(target)
  if (to === from) return undefined
  if (rowOf(to) === -1) return `${says}, and the room "${to}" is in no row: add it to coreRooms in test/layers.test.ts`
  if (row.only !== undefined && !row.only.includes(to))
    return `${says}, but "${from}" may import only ${listed(row.only)}`
  if (rowOf(to) > rowOf(from)) return `${says}, but "${to}" comes after "${from}"`
  return undefined
}

function rowOf(room: string): number {
  return coreRooms.findIndex(({ rooms }) => rooms.includes(room))
}

/** The file or folder directly under `packages/core/src` that a file belongs to. */
function roomOf(file: string): string {
  return (relative(coreSource, file).split(sep)[0] ?? '').replace(/\.ts$/, '')
}

function topLevelRooms(): string[] {
  return [...new Set(sourcesIn(coreSource).map(roomOf))]
}

function importsIn(folder: string): Import[] {
  return sourcesIn(folder).flatMap((file) =>
    specifiersIn(readFileSync(file, 'utf8')).map((specifier) => ({ file, specifier })),
  )
}

/** The sources that ship: tests, the suites of seams and recorded replies may import what they like. */
function sourcesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !/\.(?:test|test-d|contract)\.ts$|__fixtures__/.test(path))
    .map((path) => join(folder, path))
}

/** Statements start their line, which is what tells them from the examples in a comment. */
function specifiersIn(source: string): string[] {
  const statement = /^(?:import|export)\b[^'"`]*?\bfrom\s*['"]([^'"]+)['"]|^import\s*['"]([^'"]+)['"]/gm
  const dynamic = /^(?!\s*(?:\*|\/\/)).*?\bimport\(\s*['"]([^'"]+)['"]/gm
  return [...source.matchAll(statement), ...source.matchAll(dynamic)].map((match) => match[1] ?? match[2] ?? '')
}

function workspaces(): { name: string; folder: string }[] {
  const all = join(root, 'packages')
  return readdirSync(all)
    .map((name) => join(all, name))
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map((folder) => ({ name: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).name, folder }))
}

function pathOf(file: string): string {
  return relative(root, file)
}

function listed(names: string[]): string {
  return names.length === 0 ? 'none' : names.join(', ')
}
