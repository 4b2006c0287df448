import { SpekaError } from '@speka/core'
import { chained, type AuditEntry } from '../audit.ts'
import { defaultAccountRow } from '../default-account.ts'
import {
  decodeLabels,
  decodeRow,
  decodeRowOf,
  encodeWrite,
  type RegistryRow,
  type RegistryWrite,
} from '../registry-row.ts'
import type {
  AnyKept,
  AnyWrite,
  ChangeBy,
  Kept,
  LabelSet,
  ListQuery,
  Registry,
  RegistryKind,
  Writes,
  Written,
} from '../registry.ts'
import { compare } from './compare.ts'
import type { Use } from './use.ts'

/** What the registry is made of, for the audit to look at as well. */
export interface MemoryTables {
  readonly rows: Map<string, RegistryRow>
  readonly audit: AuditEntry[]
  /** Sets of labels, in the order of their numbers, from 1. */
  readonly labelSets: string[]
}

export const memoryTables = (): MemoryTables => ({
  rows: new Map([[placeOf(defaultAccountRow), defaultAccountRow]]),
  audit: [],
  labelSets: [],
})

/** The set of labels with a number; of none, none. */
export function labelsOf({ labelSets }: MemoryTables, id: number): LabelSet {
  const text = labelSets[id - 1]
  return text === undefined ? {} : decodeLabels(text)
}

/** The first of the keys that came in each other's place, of which this is one. */
export function originOf({ rows }: MemoryTables, id: string): string {
  const row = rows.get(placeOf({ kind: 'key', id }))
  return row === undefined ? id : (decodeRowOf('key', row).record.origin ?? id)
}

export function isTestKey({ rows }: MemoryTables, id: string): boolean {
  const row = rows.get(placeOf({ kind: 'key', id }))
  return row !== undefined && decodeRowOf('key', row).record.mode === 'test'
}

/** Everything that is managed, in a map. */
export function memoryRegistry(use: Use, { rows, audit, labelSets }: MemoryTables): Registry {
  const uses = new Map<string, number>()
  let version = defaultAccountRow.version

  function list<K extends RegistryKind>(kind: K, { account, after, limit = Infinity }: ListQuery): Kept<K>[] {
    const listed = [...rows.values()]
      .filter((row) => row.kind === kind && (account === undefined || row.account === account))
      .sort(byAge)
    const behind = after === undefined ? undefined : rows.get(placeOf({ kind, id: after }))
    const shown = listed.filter((row) => after === undefined || (behind !== undefined && byAge(row, behind) > 0))
    return shown.slice(0, limit).map((row) => decodeRowOf(kind, row))
  }

  /** @throws SpekaError before anything has been written. */
  function check(write: RegistryWrite): void {
    const there = rows.get(placeOf(write))
    const taken = [...rows.values()].some(
      ({ kind, id, lookup }) => kind === write.kind && id !== write.id && lookup !== null && lookup === write.lookup,
    )
    if (taken || (write.expected === 0 && there !== undefined))
      throw new SpekaError('invalid_value', 'There is such a one already: its id, its digest or its address is taken.')
    if (write.expected !== (there?.revision ?? 0))
      throw new SpekaError(
        'conflict',
        'It was changed by somebody else meanwhile, and this change was not made. Read it again, then try again.',
      )
  }

  function write({ expected, labels, ...columns }: RegistryWrite, by: ChangeBy): RegistryRow {
    const there = rows.get(placeOf(columns))
    const row = { ...columns, labels: intern(labels), revision: expected + 1, version }
    rows.set(placeOf(row), row)
    const { kind, id: object, account, body: after } = row
    audit.push(chained({ ...by, kind, object, account, version, before: there?.body ?? null, after }, audit.at(-1)))
    return row
  }

  function intern(labels: string | null): number {
    if (labels === null) return 0
    if (!labelSets.includes(labels)) labelSets.push(labels)
    return labelSets.indexOf(labels) + 1
  }

  function change(writes: readonly AnyWrite[], by: ChangeBy): AnyKept[] {
    const encoded = writes.map(encodeWrite)
    for (const one of encoded) check(one)
    version += 1
    return encoded.map((one) => decodeRow(write(one, by)))
  }

  return {
    get: (kind, id) =>
      use(() => {
        const row = rows.get(placeOf({ kind, id }))
        return row && decodeRowOf(kind, row)
      }),

    findBy: (kind, lookup) =>
      use(() => {
        const row = [...rows.values()].find((row) => row.kind === kind && row.lookup === lookup)
        return row && decodeRowOf(kind, row)
      }),

    list: (kind, query = {}) => use(() => list(kind, query)),

    membersOf: (email) =>
      use(() => list('member', {}).filter(({ record }) => record.email.toLowerCase() === email.toLowerCase())),

    change: <const Kinds extends readonly RegistryKind[]>(writes: Writes<Kinds>, by: ChangeBy) =>
      use(() => change(writes as readonly AnyWrite[], by) as unknown as Written<Kinds>),

    forgetSessions: (before) =>
      use(() => {
        for (const [place, row] of rows) if (row.kind === 'session' && row.createdAt < before) rows.delete(place)
      }),

    version: () => use(() => version),

    changedSince: (known) =>
      use(() => ({
        version,
        changed: [...rows.values()].filter((row) => row.version > known).map((row) => decodeRow(row)),
      })),

    labelSet: (id) =>
      use(() => {
        const text = labelSets[id - 1]
        return text === undefined ? undefined : decodeLabels(text)
      }),

    noteUses: (noted) =>
      use(() => {
        for (const { id, at } of noted) uses.set(id, Math.max(at, uses.get(id) ?? 0))
      }),

    usesOf: (ids) =>
      use(() =>
        ids.flatMap((id) => {
          const at = uses.get(id)
          return at === undefined ? [] : [{ id, at }]
        }),
      ),
  }
}

const placeOf = ({ kind, id }: Pick<RegistryRow, 'kind' | 'id'>): string => `${kind} ${id}`

const byAge = (a: RegistryRow, b: RegistryRow): number => a.createdAt - b.createdAt || compare(a.id, b.id)
