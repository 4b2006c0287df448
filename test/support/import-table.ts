import { posix } from 'node:path'

/** Rooms that stand at the same place of an order. They import from each other, and from the rows above them. */
export interface Row {
  readonly rooms: readonly string[]
  /** The only rooms they may import from. Default: all above them. */
  readonly only?: readonly string[]
  /** Whether they stand apart: none of them may import from another. Default: false */
  readonly apart?: boolean
  /** Whether they may take from outside what the table takes from there for nobody else. Default: false */
  readonly world?: boolean
}

/** Who may import whom, in one folder. A room is a file or a folder directly in it. */
export interface ImportTable {
  /** As it is called where it is written down. */
  readonly name: string
  /** The folder, from the root of the repository. */
  readonly folder: string
  /** In the order in which they build on each other. */
  readonly rows: readonly Row[]
  /** All it takes from outside, by name, and where the rest belongs. Default: other tables and lists look after that. */
  readonly outside?: { readonly takes: readonly string[]; readonly cure: string }
  /** Folders within a room that only this room may enter, and by which file the others go. */
  readonly inner?: Readonly<Record<string, string>>
}

/** An import as it stands in a source. */
export interface Import {
  /** From the root of the repository, with `/`. */
  readonly file: string
  readonly specifier: string
}

/** The file or folder directly in the table's folder that a file belongs to; `undefined`: it is not in there. */
export function roomOf({ folder }: ImportTable, file: string): string | undefined {
  if (!file.startsWith(`${folder}/`)) return undefined
  return file
    .slice(folder.length + 1)
    .split('/', 1)[0]
    ?.replace(/\.ts$/, '')
}

/** What an import breaks, and what to do about it; `undefined`: nothing. */
export function complaintAbout(table: ImportTable, { file, specifier }: Import): string | undefined {
  const says = `${file} imports '${specifier}'`
  const from = roomOf(table, file)
  const row = table.rows.find(({ rooms }) => rooms.some((room) => room === from))
  if (from === undefined || row === undefined) return `${says}, and its room "${from}" is in no row: ${addIt(table)}`
  if (!specifier.startsWith('.')) return fromOutside(table, row, says, specifier)

  const target = posix.join(posix.dirname(file), specifier)
  const to = roomOf(table, target)
  if (to === undefined) {
    return table.outside === undefined
      ? undefined
      : `${says}, which is outside ${table.folder}: import what the package of that file exports`
  }
  if (to === from) return undefined
  const [inner, door] = innerOf(table, target)
  if (inner !== undefined)
    return `${says}, but what is in "${inner}" is for "${to}" alone: go through ${table.folder}/${door}`
  return betweenRooms(table, row, { says, from, to })
}

function fromOutside({ outside }: ImportTable, row: Row, says: string, specifier: string): string | undefined {
  if (outside === undefined || row.world === true || outside.takes.includes(specifier)) return undefined
  return `${says}, but nothing is taken from outside here except ${listed(outside.takes)}: ${outside.cure}`
}

const innerOf = (
  { folder, inner = {} }: ImportTable,
  target: string,
): readonly [string, string] | readonly [undefined, undefined] =>
  Object.entries(inner).find(([within]) => target.startsWith(`${folder}/${within}/`)) ?? [undefined, undefined]

function betweenRooms(
  table: ImportTable,
  row: Row,
  { says, from, to }: { says: string; from: string; to: string },
): string | undefined {
  const place = table.rows.findIndex(({ rooms }) => rooms.includes(to))
  if (place === -1) return `${says}, and the room "${to}" is in no row: ${addIt(table)}`
  if (row.only !== undefined && !row.only.includes(to))
    return `${says}, but "${from}" may import only ${listed(row.only)}: have the rest handed in, or move it there`
  const own = table.rows.indexOf(row)
  if (place > own)
    return `${says}, but "${to}" comes after "${from}": move what both need into a room before "${from}", or have it handed in`
  if (place === own && row.apart === true) {
    const before = table.rows[own - 1]?.rooms ?? []
    return `${says}, but "${from}" and "${to}" stand apart: move what both need into a room before them (${listed(before)})`
  }
  return undefined
}

/** What is wrong with the table itself: a room that is in no row or in several, a row of what is not there. */
export function complaintsAboutRows(table: ImportTable, rooms: Iterable<string>): string[] {
  const there = new Set(rooms)
  const listedRooms = table.rows.flatMap((row) => row.rooms)
  return [
    ...[...there]
      .filter((room) => !listedRooms.includes(room))
      .map((room) => `${table.folder}/${room} is in no row: ${addIt(table)}`),
    ...listedRooms
      .filter((room, index) => listedRooms.indexOf(room) !== index)
      .map((room) => `"${room}" is in ${table.name} twice: leave one`),
    ...listedRooms
      .filter((room) => !there.has(room))
      .map((room) => `"${room}" is in ${table.name}, and ${table.folder} has none: take it out`),
  ]
}

const addIt = ({ name }: ImportTable): string =>
  `add it to ${name} in test/layers.test.ts, behind all that it imports and before all that imports it`

const listed = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '))
