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
  const check = chainCheck()
  for (const entry of entries) if (!check.entry(entry)) return check.verdict()
  for (const record of records) if (!check.record(record)) break
  return check.verdict()
}

/** Reads the audit as it comes, wherever from. Each answers whether it fits so far: with what does not, all is known. */
export interface ChainCheck {
  /** One entry after the other, from the first. */
  entry(entry: AuditEntry): boolean
  /** Then each record of the registry, once. */
  record(record: AuditedRecord): boolean
  verdict(): AuditVerdict
}

export function chainCheck(): ChainCheck {
  /** The last entry about each record that has not been shown yet. */
  const said = new Map<string, AuditEntry>()
  let last: AuditEntry | undefined
  let entries = 0
  let broken: AuditBreak | undefined
  return {
    entry(entry) {
      entries = entry.n
      const name = nameOf(entry.kind, entry.object)
      const why = whyUnfit(entry, last, said.get(name))
      if (why !== undefined) broken = { n: (last?.n ?? 0) + 1, why }
      said.set(name, entry)
      last = entry
      return broken === undefined
    },
    record(record) {
      const name = nameOf(record.kind, record.id)
      const entry = said.get(name)
      said.delete(name)
      broken = brokenRecord(record, entry, last)
      return broken === undefined
    },
    verdict: () => ({ entries, broken: broken ?? missingRecord(said.values(), last) }),
  }
}

/** What is wrong with a record that is not as the audit says that it was left. */
function brokenRecord(
  { kind, id, version, body }: AuditedRecord,
  entry: AuditEntry | undefined,
  last: AuditEntry | undefined,
): AuditBreak | undefined {
  if (entry?.version === version && entry.after === body) return undefined
  // What was there before the audit was, or comes with the gateway, has no entry until it is changed.
  if (entry === undefined && version <= FIRST_VERSION) return undefined
  const name = nameOf(kind, id)
  const next = (last?.n ?? 0) + 1
  if (version > (last?.version ?? FIRST_VERSION))
    return { n: next, why: `it is missing: ${name} was changed after the last` }
  if (entry === undefined) return { n: next, why: `it is missing: none says how ${name} was made` }
  return { n: entry.n, why: `${name} is not as the audit says it was left` }
}

/** The first entry about a record that is gone, and may not be. */
function missingRecord(unseen: Iterable<AuditEntry>, last: AuditEntry | undefined): AuditBreak | undefined {
  for (const entry of unseen)
    if (!mayBeGone(entry, last))
      return { n: entry.n, why: `${nameOf(entry.kind, entry.object)}, which it is about, is gone` }
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
