import { SpekaError } from '@speka/core'
import { DEFAULT_ACCOUNT } from '../store/default-account.ts'
import type { AccountRecord, KeyRecord, MemberRecord } from '../store/records.ts'
import type { AnyKept, Kept, Registry, RegistryKind, RegistryKinds } from '../store/registry.ts'
import { configuredRecord, type ConfiguredKey } from './configured-key.ts'
import { EndedElsewhere, type Ending } from './ended-elsewhere.ts'
import { keyDigest, keyFingerprint, sameDigest } from './key-digest.ts'
import { credentialIn, endOf, refusalByLooks, refusalOf, refused, type Changing, type Standing } from './key-refusal.ts'
import { KeyUses, type Used } from './key-uses.ts'
import type { KeysInUse } from './keys-in-use.ts'
import { judgeKey } from './key-format.ts'
import { openPepper, type PepperMarks } from './pepper.ts'

export interface KeyDirectoryOptions {
  readonly registry: Registry
  /** Default: kept in a file of `dataDir`. */
  readonly pepper?: string | undefined
  readonly dataDir: string
  /** Who else recognises keys by the same pepper; `undefined`: nobody does. */
  readonly replicas?: PepperMarks | undefined
  /** Keys given by configuration. */
  readonly configured?: readonly ConfiguredKey[] | undefined
  /**
   * How often the store is asked whether anything has changed, in ms, whatever {@link KeyDirectory.look} is told. Three times as long what
   * is known may be relied on while the store does not answer.
   *
   * @default 250
   */
  readonly pollMs?: number | undefined
  /**
   * For how long keys that are known are let in while the store does not answer, in ms; at least three rounds.
   *
   * @default 0
   */
  readonly admitMs?: number | undefined
  /** Told of all that has changed in the registry, whatever it is, and up to which version: nobody else need ask. */
  readonly onChange?: ((changed: readonly AnyKept[], version: number) => void) | undefined
  /** Told, again and again, while nothing is heard of the store, up to which version it was heard. */
  readonly onUnheard?: ((version: number) => void) | undefined
  /** What others say has ended meanwhile. Default: nobody says anything. */
  readonly endedElsewhere?: EndedElsewhere | undefined
  /** Told, again and again, while the store does not answer and nobody may be let in from memory. */
  readonly onSilence?: (() => void) | undefined
  /**
   * The time in ms since the epoch.
   *
   * @default Date.now
   */
  readonly now?: (() => number) | undefined
}

/** Whose key is it? Answers from memory for every key it has seen, and hears of changes made by other processes. */
export interface KeyDirectory {
  readonly pepper: Buffer
  /**
   * The record of the key in an `Authorization` header: at once when the key is known, else after a look into the store.
   *
   * @throws SpekaError `invalid_api_key` that says what is wrong: missing, malformed, unknown, revoked, replaced or expired,
   *   its member gone; `account_suspended`; `storage_unavailable` when the key is not known and the store cannot be asked.
   */
  authenticate(authorization: string | undefined): KeyRecord | Promise<KeyRecord>
  /**
   * The record of a key of the registry by its id, for whoever may use it without showing it: let in, or refused, as who shows it is.
   *
   * @throws SpekaError as {@link authenticate} does; `key_not_found`
   */
  letInById(id: string): Promise<KeyRecord>
  /** Replaces the keys given by configuration. */
  configure(keys: readonly ConfiguredKey[]): void
  /** From now on, ends what is under way with a key that may not be used any more. */
  heed(inUse: KeysInUse): void
  /** Takes in all that has changed in the registry until now. @throws SpekaError `storage_unavailable` */
  hear(): Promise<void>
  /** Somebody says that something has changed: looks at once, and at what is under way. */
  look(): void
  /**
   * Somebody who hears the store says what has ended, up to a version of the registry. That counts for as long as the store itself is not
   * heard; of a store that is, this one sees for itself.
   */
  hearOfEndings(endings: readonly Ending[], version: number): void
  /** Lets go of the store, once it has been told when keys were last used. */
  close(): Promise<void>
}

/** How often the store is asked whether anything has changed, in ms: a revoked key must stop within a second. */
const POLL_MS = 250
/** For how many rounds what is known may be relied on while the store does not answer. */
const TRUSTED_ROUNDS = 3
/** Well-formed keys that the store does not know, remembered so that repeating one does not keep it busy. */
const MOST_UNKNOWN = 10_000

/** @throws SpekaError `storage_unavailable`, also when the pepper is missing that the keys of the store were made with. */
export async function openKeyDirectory(options: KeyDirectoryOptions): Promise<KeyDirectory> {
  const { registry, now = Date.now } = options
  const pepper = await openPepper(options.pepper, options.dataDir, registry, options.replicas)
  // First: what changes behind it is heard of.
  const version = await registry.version()
  const account = await recordOf(registry, 'account', DEFAULT_ACCOUNT)
  const directory = new Directory({ ...options, now }, pepper, version, account)
  directory.configure(options.configured ?? [])
  return directory
}

/** A key that was met, and whom it depends on. */
interface Holder extends Used {
  readonly record: KeyRecord
  readonly standing: Standing
}

/** A key as the store had it when it was looked up. */
interface Found extends Holder {
  readonly revision: number
}

class Directory implements KeyDirectory {
  readonly pepper: Buffer
  readonly #registry: Registry
  readonly #now: () => number
  readonly #onChange: (changed: readonly AnyKept[], version: number) => void
  readonly #onSilence: () => void
  readonly #onUnheard: (version: number) => void
  readonly #endedElsewhere: EndedElsewhere
  readonly #uses: KeyUses
  /** Keys the store has vouched for, by fingerprint, and their fingerprints by id. */
  readonly #known = new Map<string, Holder>()
  readonly #fingerprints = new Map<string, string>()
  readonly #accounts = new Map<string, Changing<AccountRecord>>()
  readonly #members = new Map<string, Changing<MemberRecord>>()
  readonly #defaultAccount: Changing<AccountRecord>
  readonly #unknown = new Set<string>()
  readonly #lookUps = new Map<string, Promise<KeyRecord>>()
  #configured = new Map<string, Holder>()
  #version: number
  /** Counts how often something changed or was forgotten: an answer asked for before that is not relied on after it. */
  #generation = 0
  #inUse: KeysInUse = NONE_IN_USE
  /** Keys in use that may have been refused since they were let in. */
  readonly #doubtful = new Map<string, KeyRecord>()
  #heardAt = performance.now()
  /** The store was asked in vain since it was heard last. */
  #isUnheard = false
  #asking = false
  /** Something has changed since the store was asked. */
  #isToAskAgain = false
  readonly #trustMs: number
  readonly #pollMs: number
  readonly #timer: NodeJS.Timeout

  constructor(
    {
      registry,
      now,
      pollMs = POLL_MS,
      admitMs = 0,
      onChange = () => {},
      onSilence = () => {},
      onUnheard = () => {},
      endedElsewhere = new EndedElsewhere(),
    }: Omit<KeyDirectoryOptions, 'now'> & { now: () => number },
    pepper: Buffer,
    version: number,
    account: AccountRecord,
  ) {
    this.#registry = registry
    this.pepper = pepper
    this.#now = now
    this.#onChange = onChange
    this.#onSilence = onSilence
    this.#onUnheard = onUnheard
    this.#endedElsewhere = endedElsewhere
    this.#pollMs = pollMs
    this.#version = version
    this.#defaultAccount = { now: account }
    this.#accounts.set(account.id, this.#defaultAccount)
    this.#uses = new KeyUses(registry, this.#heardAt)
    this.#trustMs = Math.max(TRUSTED_ROUNDS * pollMs, admitMs)
    this.#timer = setInterval(() => void this.#poll(), pollMs).unref()
  }

  authenticate(authorization: string | undefined): KeyRecord | Promise<KeyRecord> {
    const key = credentialIn(authorization)
    const fingerprint = keyFingerprint(key)
    const holder = this.#known.get(fingerprint) ?? this.#configured.get(fingerprint)
    return holder === undefined ? this.#meet(key, fingerprint) : this.#letIn(holder)
  }

  async letInById(id: string): Promise<KeyRecord> {
    // First: what limits a key that was made just now counts for its first request, too.
    await this.#hear()
    const kept = await this.#registry.get('key', id)
    if (kept === undefined) throw new SpekaError('key_not_found', 'There is no key with this id any more.')
    const { record, standing } = await this.#holderOf(kept)
    const now = this.#now()
    const refusal = refusalOf(record, standing, now)
    if (refusal !== undefined) throw refusal
    this.#uses.used(id, now)
    return record
  }

  configure(keys: readonly ConfiguredKey[]): void {
    const standing = { account: this.#defaultAccount, member: undefined }
    this.#configured = new Map(
      keys.map((configured) => {
        const record = configuredRecord(configured, this.pepper)
        return [keyFingerprint(configured.key), { record, standing, usedAt: 0 }]
      }),
    )
    this.#doubt(() => true)
  }

  heed(inUse: KeysInUse): void {
    this.#inUse = inUse
  }

  async hear(): Promise<void> {
    await this.#hear()
  }

  look(): void {
    if (this.#asking) this.#isToAskAgain = true
    else void this.#poll()
  }

  hearOfEndings(endings: readonly Ending[], version: number): void {
    if (version <= this.#version) return
    if (!this.#isSilent()) return this.look()
    this.#endedElsewhere.take(endings)
    this.#refuseEnded()
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#uses.close(this.#known.values())
  }

  /** @throws SpekaError when the key may not be used now. */
  #letIn(holder: Holder): KeyRecord {
    const now = this.#now()
    const { record, standing } = holder
    const refusal =
      refusalOf(record, standing, now) ??
      (this.#endedElsewhere.isEmpty ? undefined : this.#endedElsewhere.refusalOf(record, now))
    if (refusal !== undefined) throw refusal
    holder.usedAt = now
    return record
  }

  /** A key not seen before: refused by its looks, or looked up once for all who ask at the same time. */
  #meet(key: string, fingerprint: string): Promise<KeyRecord> {
    const refusal = refusalByLooks[judgeKey(key)]
    if (refusal !== undefined) throw refused(refusal)
    if (this.#unknown.has(fingerprint)) throw notKnown()
    let lookUp = this.#lookUps.get(fingerprint)
    if (lookUp === undefined) {
      lookUp = this.#lookUp(key, fingerprint).finally(() => this.#lookUps.delete(fingerprint))
      this.#lookUps.set(fingerprint, lookUp)
    }
    return lookUp
  }

  async #lookUp(key: string, fingerprint: string): Promise<KeyRecord> {
    const digest = keyDigest(key, this.pepper)
    for (;;) {
      const generation = this.#generation
      const holder = await this.#find(digest)
      // What has changed while the store was asked may be this very key.
      if (generation !== this.#generation) continue
      if (holder === undefined) {
        this.#rememberUnknown(fingerprint)
        throw notKnown()
      }
      // Limits that were made with it apply to its first request, too.
      const heard = await this.#hear()
      const isOnlyOurs = this.#generation === generation + (heard.length > 0 ? 1 : 0)
      const isNewer = ({ record, revision }: AnyKept): boolean =>
        record.id === holder.record.id && revision > holder.revision
      if (!isOnlyOurs || heard.some(isNewer)) continue
      this.#remember(holder, fingerprint)
      return this.#letIn(holder)
    }
  }

  /** A key and whom it depends on, as the store has them now. */
  async #find(digest: string): Promise<Found | undefined> {
    const kept = await this.#registry.findBy('key', digest)
    // Compared again here: what a database takes for equal is its own affair.
    if (kept === undefined || !sameDigest(kept.record.digest, digest)) return undefined
    return this.#holderOf(kept)
  }

  async #holderOf({ record, revision }: Kept<'key'>): Promise<Found> {
    const account = await this.#dependsOn('account', this.#accounts, record.account)
    const member =
      record.member === undefined ? undefined : await this.#dependsOn('member', this.#members, record.member)
    return { record, revision, standing: { account, member }, usedAt: 0 }
  }

  async #dependsOn<K extends 'account' | 'member'>(
    kind: K,
    known: Map<string, Changing<RegistryKinds[K]>>,
    id: string,
  ): Promise<Changing<RegistryKinds[K]>> {
    const generation = this.#generation
    const there = known.get(id)
    if (there !== undefined) return there
    const found = { now: await recordOf(this.#registry, kind, id) }
    const first = known.get(id)
    if (first !== undefined) return first
    if (generation === this.#generation) known.set(id, found)
    return found
  }

  #remember(holder: Holder, fingerprint: string): void {
    this.#known.set(fingerprint, holder)
    this.#fingerprints.set(holder.record.id, fingerprint)
  }

  #rememberUnknown(fingerprint: string): void {
    const [oldest] = this.#unknown
    if (oldest !== undefined && this.#unknown.size >= MOST_UNKNOWN) this.#unknown.delete(oldest)
    this.#unknown.add(fingerprint)
  }

  async #poll(): Promise<void> {
    const monotonic = performance.now()
    // A store that is silent cannot tell of a revoked key, so nobody is let in from memory for long.
    if (monotonic - this.#heardAt > this.#trustMs) {
      this.#forget()
      this.#onSilence()
    }
    this.#refuseEnded()
    if (this.#asking) {
      if (this.#isSilent()) this.#onUnheard(this.#version)
      return
    }
    this.#asking = true
    try {
      await this.#hear()
      if (this.#doubtful.size > 0) await this.#judgeDoubtful()
      if (monotonic >= this.#uses.dueAt) this.#uses.tick(this.#known.values(), monotonic)
    } catch {
      // Heard nothing: the next round forgets, once it has been too long.
      this.#isUnheard = true
      this.#onUnheard(this.#version)
    } finally {
      this.#asking = false
    }
    if (!this.#isToAskAgain) return
    this.#isToAskAgain = false
    void this.#poll()
  }

  /** Whether the store was asked in vain, or has not answered for two rounds. */
  #isSilent(): boolean {
    return this.#isUnheard || performance.now() - this.#heardAt > 2 * this.#pollMs
  }

  /** Takes in all that has changed until now, and says what that was. */
  async #hear(): Promise<readonly AnyKept[]> {
    const { version, changed } = await this.#registry.changedSince(this.#version)
    this.#heardAt = performance.now()
    this.#isUnheard = false
    this.#endedElsewhere.forget()
    // Another look has overtaken this one, and has seen as much.
    if (version <= this.#version) return []
    this.#version = version
    if (changed.length === 0) return []
    this.#take(changed)
    this.#onChange(changed, version)
    return changed
  }

  /** Keys in use whose own time is over, or that others say have ended. */
  #refuseEnded(): void {
    const now = this.#now()
    for (const key of this.#inUse.keys()) {
      const refusal = endOf(key, now) ?? this.#endedElsewhere.refusalOf(key, now)
      if (refusal !== undefined) this.#inUse.refuse(key, refusal)
    }
  }

  /** What has changed in the registry: keys are looked up again when they come, the rest is known from now on. */
  #take(changed: readonly AnyKept[]): void {
    this.#generation += 1
    this.#lookUps.clear()
    const ids = new Set<string>()
    for (const kept of changed) {
      ids.add(kept.record.id)
      switch (kept.kind) {
        case 'key':
          this.#unknown.clear()
          this.#forgetKey(kept.record.id)
          break
        case 'account':
          renew(this.#accounts, kept.record)
          break
        case 'member':
          renew(this.#members, kept.record)
          break
        case 'team':
        case 'token':
        case 'session':
        case 'passkey':
        case 'provider':
        case 'limit':
          break
      }
    }
    this.#doubt(
      ({ id, account, member }) => ids.has(id) || ids.has(account) || (member !== undefined && ids.has(member)),
    )
  }

  /** Keys in use that are to be looked at again. */
  #doubt(isDoubtful: (key: KeyRecord) => boolean): void {
    for (const key of this.#inUse.keys()) if (isDoubtful(key)) this.#doubtful.set(key.digest, key)
  }

  async #judgeDoubtful(): Promise<void> {
    for (const [digest, key] of this.#doubtful) {
      const now = await this.#holderNow(digest)
      this.#doubtful.delete(digest)
      if (now === undefined) this.#inUse.refuse(key, refused('This API key is no longer configured. Use another.'))
      else {
        this.#inUse.renew(now.record)
        const refusal = refusalOf(now.record, now.standing, this.#now())
        if (refusal !== undefined) this.#inUse.refuse(now.record, refusal)
      }
    }
  }

  async #holderNow(digest: string): Promise<Holder | undefined> {
    for (const holder of this.#configured.values()) if (holder.record.digest === digest) return holder
    return this.#find(digest)
  }

  #forgetKey(id: string): void {
    const fingerprint = this.#fingerprints.get(id)
    if (fingerprint === undefined) return
    const holder = this.#known.get(fingerprint)
    if (holder !== undefined) this.#uses.forgotten(holder)
    this.#known.delete(fingerprint)
    this.#fingerprints.delete(id)
  }

  /** Everything but the account of the keys that are in no store. */
  #forget(): void {
    this.#generation += 1
    for (const holder of this.#known.values()) this.#uses.forgotten(holder)
    for (const map of [this.#known, this.#fingerprints, this.#unknown, this.#lookUps, this.#accounts, this.#members])
      map.clear()
    this.#accounts.set(DEFAULT_ACCOUNT, this.#defaultAccount)
  }
}

/** @throws SpekaError `storage_unavailable` when something that a key depends on is not there. */
async function recordOf<K extends RegistryKind>(registry: Registry, kind: K, id: string): Promise<RegistryKinds[K]> {
  const kept = await registry.get(kind, id)
  if (kept !== undefined) return kept.record
  throw new SpekaError('storage_unavailable', `The database has lost the ${kind} ${id}. Restore it from a backup.`)
}

function renew<Record extends { readonly id: string }>(known: Map<string, Changing<Record>>, record: Record): void {
  const there = known.get(record.id)
  if (there !== undefined) there.now = record
}

const NONE_IN_USE: KeysInUse = { keys: () => [], refuse: () => {}, renew: () => {} }

const notKnown = (): SpekaError =>
  refused('This API key is not known here. Make one with: speka keys create --name NAME')
