import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import {
  complaintAbout,
  complaintsAboutRows,
  roomOf,
  type Import,
  type ImportTable,
  type Row,
} from './support/import-table.ts'

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
      'cloud-identity',
      'transport',
      'clock',
      'patient-clock',
      'uuid',
      'keyed-hash',
      'sealed-id',
      'rates-told',
    ],
  },
  { rooms: ['bytes'], only: ['transport'] },
  { rooms: ['wire'] },
  { rooms: ['operations'] },
  {
    rooms: ['dialects'],
    only: ['json', 'bytes', 'wire', 'operations', 'errors', 'transport', 'uuid', 'sealed-id'],
  },
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
  { rooms: ['limits'] },
  { rooms: ['create-engine'] },
  { rooms: ['front'] },
  { rooms: ['gateway'] },
  { rooms: ['web'] },
  { rooms: ['index'] },
  { rooms: ['edge'] },
  { rooms: ['node'], world: true },
  { rooms: ['internal', 'internal-pricing'] },
]

/**
 * The rooms of the server. A request walks from `app` into `http`, `keys` and `endpoints`, and these build on what is above
 * them; whoever runs the gateway comes in by `cli`.
 */
const serverRooms: Row[] = [
  { rooms: ['actor', 'files'], only: [] },
  { rooms: ['notices'], only: [] },
  { rooms: ['store'], only: ['actor', 'files', 'notices'] },
  { rooms: ['tables'], only: [] },
  { rooms: ['billing'], only: ['store', 'tables'] },
  { rooms: ['telemetry', 'redis'], only: [] },
  { rooms: ['limits'], only: ['files', 'notices', 'store', 'billing', 'telemetry', 'redis'] },
  { rooms: ['config'], only: ['actor', 'billing', 'limits'] },
  { rooms: ['mail'], only: ['config'] },
  { rooms: ['keys'], only: ['actor', 'files', 'store'] },
  { rooms: ['replies'], only: ['store'] },
  { rooms: ['responses'], only: ['config', 'store'] },
  { rooms: ['alerts'], only: ['config', 'store'] },
  { rooms: ['payments'], only: ['actor', 'store', 'billing', 'config', 'alerts'] },
  { rooms: ['http'], only: ['actor', 'store', 'telemetry', 'keys'] },
  { rooms: ['reconcile'], only: ['files', 'store'] },
  { rooms: ['operations'], only: ['actor', 'store', 'billing', 'limits', 'keys', 'payments', 'reconcile'] },
  { rooms: ['endpoints'] },
  { rooms: ['management'], only: ['actor', 'billing', 'http', 'operations', 'endpoints', 'replies'] },
  { rooms: ['site'], only: ['actor', 'billing', 'config', 'http', 'mail', 'management', 'operations', 'store'] },
  {
    rooms: ['identity'],
    only: ['actor', 'billing', 'config', 'http', 'keys', 'mail', 'management', 'operations', 'site', 'store'],
  },
  { rooms: ['app'] },
  { rooms: ['admin'] },
  { rooms: ['configured-operations'], only: ['config', 'keys', 'operations', 'payments'] },
  {
    rooms: ['open-site'],
    only: [
      'config',
      'configured-operations',
      'identity',
      'mail',
      'management',
      'operations',
      'site',
      'store',
      'telemetry',
    ],
  },
  { rooms: ['transports'], only: ['config'] },
  { rooms: ['isolated-providers'], only: ['store'] },
  { rooms: ['configured-book'], only: ['config', 'store', 'billing', 'keys', 'limits'] },
  { rooms: ['server-limits'], only: ['notices', 'store', 'telemetry', 'redis', 'limits'] },
  { rooms: ['shared-health'], only: ['notices', 'store'] },
  { rooms: ['shared-endings'], only: ['notices', 'store', 'keys'] },
  { rooms: ['put-on-plan'], only: ['config', 'operations', 'payments', 'store', 'telemetry'] },
  { rooms: ['start-memory', 'keep-tick-shape'], only: [] },
  { rooms: ['server'] },
  { rooms: ['index'] },
  { rooms: ['cli'] },
  { rooms: ['main'], only: ['cli'] },
]

/** The rooms of the server's store: databases stand apart, behind the one file that chooses between them. */
const storeRooms: Row[] = [
  {
    rooms: [
      'records',
      'registry',
      'registry-row',
      'billed-usage',
      'invoices',
      'invoice-chain',
      'alerts',
      'refusals',
      'sign-in-codes',
      'audit',
      'default-account',
      'test-key-id',
      'ledger-owner',
      'ledger-report',
      'rate-database',
      'time-buckets',
      'usage-times',
      'faults',
      'replicas',
      'replica-warnings',
      'responses',
      'store',
      'usage-groups',
      'price-text',
      'usage-record-table',
      'read-row',
      'usage-row',
      'checksum',
      'copied-tables',
      'charged-exactly',
      'priced-usage',
      'request-cursor',
      'storage-failure',
      'without-file',
      'availability',
      'group-commit',
      'verify-rows',
      'verify-ledger',
    ],
  },
  { rooms: ['leases', 'own-process'] },
  { rooms: ['projections'] },
  { rooms: ['memory', 'sqlite', 'postgres'], apart: true },
  { rooms: ['open-store', 'copy-store'] },
]

/** The model of owners and rates: rules that know nothing of the world they are tried in. */
const modelRooms: Row[] = [
  { rooms: ['rules'] },
  { rooms: ['world'] },
  // The gateway's own admission in the place of the model's.
  { rooms: ['real'] },
  { rooms: ['rates'], only: ['world'] },
]

/** What several providers share, in the order in which it builds up. */
const sharedByProviders: Row[] = [
  {
    rooms: [
      'provider',
      'refuse-prefill',
      'bad-reply',
      'call-id',
      'error-in',
      'error-words',
      'finish-words',
      'provider-place',
      'retry-after',
      'sent-parameters',
      'with-requests',
    ],
  },
  { rooms: ['assemble-chunks', 'find-error-words', 'operation-of', 'tool-calls'] },
  { rooms: ['translated'] },
  { rooms: ['native'] },
  { rooms: ['openai-compatible'] },
  { rooms: ['changes', 'events-as-answer', 'flux'] },
]

/** Hosts of other vendors' models, and of their APIs, which are spoken to as those are. */
const clouds = ['azure', 'bedrock', 'perplexity', 'vertex', 'xai']

/** The rooms of core's providers: what vendors share, then every vendor in a folder of its own, then the list of them. */
const providerRooms: Row[] = [
  ...sharedByProviders,
  { rooms: vendors(), apart: true },
  { rooms: clouds, apart: true },
  { rooms: ['known-providers', 'provider-facts'] },
]

const tables: ImportTable[] = [
  {
    name: 'coreRooms',
    folder: 'packages/core/src',
    rows: coreRooms,
    // All that core takes from Node.
    outside: { takes: ['node:crypto'], cure: 'the world belongs in src/node.ts' },
  },
  { name: 'providerRooms', folder: 'packages/core/src/providers', rows: providerRooms },
  {
    name: 'serverRooms',
    folder: 'packages/server/src',
    rows: serverRooms,
    inner: {
      'store/memory': 'store/open-store.ts',
      'store/sqlite': 'store/open-store.ts',
      'store/postgres': 'store/open-store.ts',
    },
  },
  { name: 'modelRooms', folder: 'packages/server/src/limits/model', rows: modelRooms },
  { name: 'storeRooms', folder: 'packages/server/src/store', rows: storeRooms },
]

/** Which of our packages a package may import. The rooms outside `packages/` (examples, test, bench) may import any. */
const packages: Record<string, string[]> = {
  '@speka/core': [],
  '@speka/server': ['@speka/core'],
  // It knows the management API by its description alone.
  '@speka/console': [],
  '@speka/langchain': ['@speka/core'],
  '@speka/llamaindex': ['@speka/core'],
  'n8n-nodes-speka': ['@speka/core'],
}

/** Where packages keep their sources; n8n wants the last two. */
const sourceFolders = ['src', 'nodes', 'credentials']

const root = resolve(import.meta.dirname, '..')

describe.each(tables)('$name', (table) => {
  const imports = importsIn(join(root, table.folder))
  const rooms = new Set(sourcesIn(join(root, table.folder)).map((file) => roomOf(table, pathOf(file)) ?? ''))

  test('has every room, once', () => {
    expect(complaintsAboutRows(table, rooms)).toEqual([])
  })

  test.each([...rooms].map((room) => ({ room })))('$room imports only what it may', ({ room }) => {
    const complaints = imports
      .filter(({ file }) => roomOf(table, file) === room)
      .map((each) => complaintAbout(table, each))
      .filter((complaint) => complaint !== undefined)
    expect(complaints).toEqual([])
  })
})

test.each(workspaces())('$name imports only the packages of ours it may', ({ name, folder }) => {
  const allowed = packages[name]
  if (allowed === undefined) throw new Error(`${name} is in no row: add it to packages in test/layers.test.ts`)
  const sources = sourceFolders.flatMap((source) => importsIn(join(folder, source)))
  const complaints = sources.flatMap(({ file, specifier }) => {
    if (specifier.startsWith('.') && !resolve(root, dirname(file), specifier).startsWith(folder + sep)) {
      return [`${file} leaves its package by importing '${specifier}'`]
    }
    const ours = Object.keys(packages).find((other) => specifier === other || specifier.startsWith(`${other}/`))
    if (ours === undefined || ours === name || allowed.includes(ours)) return []
    return [`${file} imports '${specifier}', but ${name} may import ${listed(allowed)} of ours`]
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

/** A provider's folder has a file of its own name, and is none of those that several share. */
function vendors(): string[] {
  const shared = sharedByProviders.flatMap(({ rooms }) => rooms)
  const providers = join(import.meta.dirname, '..', 'packages', 'core', 'src', 'providers')
  return readdirSync(providers).filter(
    (name) => ![...shared, ...clouds].includes(name) && existsSync(join(providers, name, `${name}.ts`)),
  )
}

function importsIn(folder: string): Import[] {
  return sourcesIn(folder).flatMap((file) =>
    specifiersIn(readFileSync(file, 'utf8')).map((specifier) => ({ file: pathOf(file), specifier })),
  )
}

/** The sources that ship: tests, the suites of seams and recorded replies may import what they like. */
function sourcesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !/\.(?:test|test-d|contract)\.ts$|__fixtures__/.test(path))
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

/** From the root, with `/`. */
function pathOf(file: string): string {
  return relative(root, file).replaceAll(sep, '/')
}

function listed(names: string[]): string {
  return names.length === 0 ? 'none' : names.join(', ')
}
