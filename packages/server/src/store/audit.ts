import { createHash } from 'node:crypto'

/** What was done to one record of the registry, and by whom. */
export interface AuditEntry {
  /** 1, 2, 3: without a gap. */
  readonly n: number
  /** In ms since the epoch, by the clock of whoever wrote it. */
  readonly at: number
  readonly actor: string
  readonly action: string
  readonly kind: string
  /** The id of the record. */
  readonly object: string
  readonly account: string
  /** The version of the registry that the change made. */
  readonly version: number
  /** The record before and after, as JSON without secrets. `null`: it was not there. */
  readonly before: string | null
  readonly after: string
  /** The hash of the entry before; of the first one, 64 zeros. */
  readonly previous: string
  /** SHA-256 over all of the above, in hex. */
  readonly hash: string
}

/** An entry without its place in the chain. */
export type AuditDraft = Omit<AuditEntry, 'n' | 'previous' | 'hash'>

/** Which entries to list: in the order in which they were written. */
export interface AuditQuery {
  /** Only those of this moment or later, in ms since the epoch. */
  readonly since?: number | undefined
  /** Only those behind this number. */
  readonly after?: number | undefined
  /** Only those about this account. */
  readonly account?: string | undefined
  /** At most so many. Default: all. */
  readonly limit?: number | undefined
}

/** What is there about changes. Entries are written by {@link Registry.change}, and by nothing else. */
export interface Audit {
  list(query?: AuditQuery): Promise<AuditEntry[]>
  /** Reads all of it, and says where it first does not fit: an entry changed, missing or made up, a record changed without one. */
  verify(): Promise<AuditVerdict>
}

export interface AuditVerdict {
  readonly entries: number
  /** `undefined`: all is as it was written. */
  readonly broken?: AuditBreak | undefined
}

export interface AuditBreak {
  /** The first entry that does not fit, or the one that is missing. */
  readonly n: number
  readonly why: string
}

/** What a record looks like now, to be held against what the audit says of it. */
export interface AuditedRecord {
  readonly kind: string
  readonly id: string
  readonly version: number
  readonly body: string
}

const NOTHING_BEFORE = '0'.repeat(64)

/** What was there before the first change was audited: records of the start have this version. */
export const FIRST_VERSION = 1

/** An entry in its place behind another, or at the start. */
export function chained(draft: AuditDraft, last: Pick<AuditEntry, 'n' | 'hash'> | undefined): AuditEntry {
  const entry = { ...draft, n: (last?.n ?? 0) + 1, previous: last?.hash ?? NOTHING_BEFORE }
  return { ...entry, hash: hashOf(entry) }
}

/** Over the values in a fixed order, as JSON, which tells where each ends. */
function hashOf(entry: Omit<AuditEntry, 'hash'>): string {
  const { n, at, actor, action, kind, object, account, version, before, after, previous } = entry
  const canonical = JSON.stringify([n, at, actor, action, kind, object, account, version, before, after, previous])
  return createHash('sha256').update(canonical).digest('hex')
}

/** Holds the entries against each other, and the records of the registry against the last that was said of them. */
export function verifyChain(entries: Iterable<AuditEntry>, records: Iterable<AuditedRecord>): AuditVerdict {
  const said = new Map<string, AuditEntry>()
  let last: AuditEntry | undefined
  for (const entry of entries) {
    const why = whyUnfit(entry, last, said.get(nameOf(entry.kind, entry.object)))
    if (why !== undefined) return { entries: entry.n, broken: { n: (last?.n ?? 0) + 1, why } }
    said.set(nameOf(entry.kind, entry.object), entry)
    last = entry
  }
  return { entries: last?.n ?? 0, broken: brokenRecord(records, said, last) }
}

/** The first record that is not as the audit says that it was left. */
function brokenRecord(
  records: Iterable<AuditedRecord>,
  said: Map<string, AuditEntry>,
  last: AuditEntry | undefined,
): AuditBreak | undefined {
  const next = (last?.n ?? 0) + 1
  for (const { kind, id, version, body } of records) {
    const name = nameOf(kind, id)
    const entry = said.get(name)
    said.delete(name)
    if (entry?.version === version && entry.after === body) continue
    // What was there before the audit was, or comes with the gateway, has no entry until it is changed.
    if (entry === undefined && version <= FIRST_VERSION) continue
    if (version > (last?.version ?? FIRST_VERSION))
      return { n: next, why: `it is missing: ${name} was changed after the last` }
    if (entry === undefined) return { n: next, why: `it is missing: none says how ${name} was made` }
    return { n: entry.n, why: `${name} is not as the audit says it was left` }
  }
  for (const [name, entry] of said)
    if (!mayBeGone(entry, last)) return { n: entry.n, why: `${name}, which it is about, is gone` }
  return undefined
}

/** A session is forgotten some time after it has ended. */
function mayBeGone({ kind, after }: AuditEntry, last: AuditEntry | undefined): boolean {
  if (kind !== 'session') return false
  // As it was written by a change of the registry; on the database's thread there is nothing but Node to read it with.
  const { expiresAt } = JSON.parse(after) as { readonly expiresAt?: unknown }
  return last !== undefined && typeof expiresAt === 'number' && expiresAt <= last.at
}

function whyUnfit(
  entry: AuditEntry,
  last: AuditEntry | undefined,
  sameObject: AuditEntry | undefined,
): string | undefined {
  if (entry.n !== (last?.n ?? 0) + 1) return `entry ${entry.n} is in its place`
  if (entry.previous !== (last?.hash ?? NOTHING_BEFORE)) return 'it does not follow the entry before'
  if (entry.hash !== hashOf(entry)) return 'it was changed after it was written'
  if (sameObject !== undefined && entry.before !== sameObject.after)
    return `what it says was there is not what entry ${sameObject.n} left`
  return undefined
}

const nameOf = (kind: string, id: string): string => `${kind} ${id}`
