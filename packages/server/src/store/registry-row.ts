import { z } from 'zod'
import { SpekaError } from '@speka/core'
import { recordBodies, type KeyRecord } from './records.ts'
import { memberLookup, type AnyKept, type AnyWrite, type Kept, type LabelSet, type RegistryKind } from './registry.ts'

/** A record in the columns that every database keeps it in. Flat: it crosses to another thread as it is. */
export interface RegistryRow {
  readonly kind: RegistryKind
  readonly id: string
  readonly account: string
  /** What it may be found by beside its id; of a key, a token and a session, their digest; of a passkey its credential. `null`: nothing. */
  readonly lookup: string | null
  /** The id of its set of labels; 0: it has none. */
  readonly labels: number
  readonly revision: number
  readonly version: number
  readonly createdAt: number
  readonly body: string
}

/** A row to write: which revision is expected to be there (0: none), and the labels as they will be interned. */
export interface RegistryWrite extends Omit<RegistryRow, 'labels' | 'revision' | 'version'> {
  readonly expected: number
  readonly labels: string | null
}

/** What is in a column of its own, and so not in the body. */
const COLUMNS: ReadonlySet<string> = new Set(['id', 'account', 'createdAt', 'digest', 'credential', 'labels'])

/** Takes a record apart for the database. */
export function encodeWrite(write: AnyWrite): RegistryWrite {
  const { kind, before, after } = write
  const body = Object.fromEntries(Object.entries(after).filter(([name]) => !COLUMNS.has(name)))
  return {
    kind,
    id: after.id,
    account: after.account,
    lookup: lookupOf(write),
    labels: kind === 'key' ? labelsOf(after) : null,
    createdAt: after.createdAt,
    body: JSON.stringify(body),
    expected: before?.revision ?? 0,
  }
}

function lookupOf(write: AnyWrite): string | null {
  switch (write.kind) {
    case 'key':
    case 'token':
    case 'session':
      return write.after.digest
    case 'passkey':
      return write.after.credential
    case 'member':
      return memberLookup(write.after)
    case 'account':
    case 'team':
    case 'group':
    case 'provider':
    case 'limit':
    case 'grant':
    case 'adjustment':
    case 'reprice':
    case 'plan':
    case 'payment':
    case 'payment_feed':
      return null
  }
}

/** A key's labels in one spelling, so that the same labels are one set; `null` for none. */
function labelsOf({ team, environment, member, tags = [] }: KeyRecord): string | null {
  const labels: LabelSet = {
    ...(team !== undefined && { team }),
    ...(environment !== undefined && { environment }),
    ...(member !== undefined && { member }),
    ...(tags.length > 0 && { tags: [...new Set(tags)].sort() }),
  }
  return Object.keys(labels).length === 0 ? null : JSON.stringify(labels)
}

const labelSet = z.object({
  team: z.string().optional(),
  environment: z.string().optional(),
  member: z.string().optional(),
  tags: z.array(z.string()).readonly().optional(),
})

export const decodeLabels = (text: string): LabelSet => labelSet.parse(JSON.parse(text))

/** The record that a row holds, checked. @throws SpekaError `storage_unavailable` when it is none of ours. */
export function decodeRow({ kind, id, account, createdAt, lookup, labels, revision, body }: RegistryRow): AnyKept {
  const common = { id, account, createdAt }
  const digest = lookup ?? ''
  switch (kind) {
    case 'account':
    case 'team':
    case 'member':
    case 'group':
    case 'provider':
    case 'limit':
    case 'grant':
    case 'adjustment':
    case 'reprice':
    case 'plan':
    case 'payment':
    case 'payment_feed':
      return { kind, revision, record: { ...common, ...parsed(kind, id, body) } } as AnyKept
    case 'key':
      return { kind, revision, record: { ...common, digest, labels, ...parsed(kind, id, body) } }
    case 'token':
      return { kind, revision, record: { ...common, digest, ...parsed(kind, id, body) } }
    case 'session':
      return { kind, revision, record: { ...common, digest, ...parsed(kind, id, body) } }
    case 'passkey':
      return { kind, revision, record: { ...common, credential: lookup ?? '', ...parsed(kind, id, body) } }
  }
}

/** The same of a row that was asked for by its kind. */
export const decodeRowOf = <K extends RegistryKind>(_: K, row: RegistryRow): Kept<K> =>
  decodeRow(row) as unknown as Kept<K>

/** The body of a record. */
function parsed<K extends RegistryKind>(kind: K, id: string, body: string): z.output<(typeof recordBodies)[K]> {
  try {
    return recordBodies[kind].parse(JSON.parse(body)) as z.output<(typeof recordBodies)[K]>
  } catch (cause) {
    throw new SpekaError('storage_unavailable', `The record of ${kind} ${id} in the database is damaged.`, { cause })
  }
}
