import { complaintAbout, complaintsAboutRows, type ImportTable } from './import-table.ts'

const table: ImportTable = {
  name: 'houseRooms',
  folder: 'packages/house/src',
  rows: [
    { rooms: ['ground', 'clock'] },
    { rooms: ['wire'] },
    { rooms: ['guest'], only: ['ground'] },
    { rooms: ['shared'] },
    { rooms: ['acme', 'umbrella'], apart: true },
    { rooms: ['store'] },
    { rooms: ['front'], world: true },
  ],
  outside: { takes: ['node:crypto'], cure: 'the world belongs in front.ts' },
  inner: { 'store/sqlite': 'store/open-store.ts' },
}

const about = (file: string, specifier: string): string | undefined =>
  complaintAbout(table, { file: `packages/house/src/${file}`, specifier })

test.each([
  { what: 'a room above', file: 'wire/scan.ts', specifier: '../ground/bytes.ts' },
  { what: 'a neighbour in the row', file: 'ground/bytes.ts', specifier: '../clock.ts' },
  { what: 'the same room', file: 'wire/scan.ts', specifier: './deep/outline.ts' },
  { what: 'a shared room', file: 'acme/acme.ts', specifier: '../shared/words.ts' },
  { what: 'an inner folder, from its own room', file: 'store/open-store.ts', specifier: './sqlite/open-store.ts' },
  { what: 'the door of an inner folder', file: 'front.ts', specifier: './store/open-store.ts' },
  { what: 'what is taken from outside', file: 'wire/scan.ts', specifier: 'node:crypto' },
  { what: 'the world, where it belongs', file: 'front.ts', specifier: 'node:http' },
])('$what may be imported', ({ file, specifier }) => {
  expect(about(file, specifier)).toBeUndefined()
})

test.each([
  {
    what: 'a room below',
    file: 'wire/scan.ts',
    specifier: '../front.ts',
    says: `packages/house/src/wire/scan.ts imports '../front.ts', but "front" comes after "wire": move what both need into a room before "wire", or have it handed in`,
  },
  {
    what: 'a room that is not among the few',
    file: 'guest/guest.ts',
    specifier: '../wire/scan.ts',
    says: `packages/house/src/guest/guest.ts imports '../wire/scan.ts', but "guest" may import only ground: have the rest handed in, or move it there`,
  },
  {
    what: 'a room that stands apart',
    file: 'acme/acme.ts',
    specifier: '../umbrella/ids.ts',
    says: `packages/house/src/acme/acme.ts imports '../umbrella/ids.ts', but "acme" and "umbrella" stand apart: move what both need into a room before them (shared)`,
  },
  {
    what: 'an inner folder of another room',
    file: 'front.ts',
    specifier: './store/sqlite/open-store.ts',
    says: `packages/house/src/front.ts imports './store/sqlite/open-store.ts', but what is in "store/sqlite" is for "store" alone: go through packages/house/src/store/open-store.ts`,
  },
  {
    what: 'the world, elsewhere',
    file: 'wire/scan.ts',
    specifier: 'node:http',
    says: `packages/house/src/wire/scan.ts imports 'node:http', but nothing is taken from outside here except node:crypto: the world belongs in front.ts`,
  },
  {
    what: 'another package by its path',
    file: 'front.ts',
    specifier: '../../other/src/index.ts',
    says: `packages/house/src/front.ts imports '../../other/src/index.ts', which is outside packages/house/src: import what the package of that file exports`,
  },
  {
    what: 'a room that is in no row',
    file: 'front.ts',
    specifier: './attic/box.ts',
    says: `packages/house/src/front.ts imports './attic/box.ts', and the room "attic" is in no row: add it to houseRooms in test/layers.test.ts, behind all that it imports and before all that imports it`,
  },
  {
    what: 'anything, from a room that is in no row',
    file: 'attic/box.ts',
    specifier: '../ground/bytes.ts',
    says: `packages/house/src/attic/box.ts imports '../ground/bytes.ts', and its room "attic" is in no row: add it to houseRooms in test/layers.test.ts, behind all that it imports and before all that imports it`,
  },
])('$what may not be imported, and the sentence names the cure', ({ file, specifier, says }) => {
  expect(about(file, specifier)).toBe(says)
})

test('a table within another leaves what is outside of it to that one', () => {
  const within: ImportTable = { name: 'rooms', folder: 'packages/house/src', rows: [{ rooms: ['a'] }] }
  const file = 'packages/house/src/a.ts'
  for (const specifier of ['../../other/index.ts', 'node:fs'])
    expect(complaintAbout(within, { file, specifier })).toBeUndefined()
})

test('rows and rooms match, each once', () => {
  const rows = [{ rooms: ['a', 'b'] }, { rooms: ['a', 'gone'] }]
  expect(complaintsAboutRows({ name: 'rooms', folder: 'src', rows }, ['a', 'b', 'new'])).toEqual([
    'src/new is in no row: add it to rooms in test/layers.test.ts, behind all that it imports and before all that imports it',
    '"a" is in rooms twice: leave one',
    '"gone" is in rooms, and src has none: take it out',
  ])
})
