import { hash } from 'node:crypto'
import { SpekaError } from '@speka/core'
import type { KeyRecord, KeyStore } from '../store/store.ts'
import { keyDigest, keyFingerprint, sameDigest } from './key-digest.ts'
import type { KeysInUse } from './keys-in-use.ts'
import { judgeKey } from './key-format.ts'
import { openPepper } from './pepper.ts'

export interface KeyDirectoryOptions {
  readonly store: KeyStore
  /** Default: kept in a file of `dataDir`. */
  readonly pepper?: string | undefined
  readonly dataDir: string
  /** Keys given by configuration. */
  readonly configured?: readonly ConfiguredKey[] | undefined
  /**
   * The time in ms since the epoch.
   *
   * @default Date.now
   */
  readonly now?: (() => number) | undefined
}

/** A key that stands in the configuration. Only its digest is kept in memory. */
export interface ConfiguredKey {
  readonly name: string
  readonly key: string
}

/** Whose key is it? Answers from memory for every key it has seen, and hears of changes made by other processes. */
export interface KeyDirectory {
  readonly pepper: Buffer
  /**
   * The record of the key in an `Authorization` header: at once when the key is known, else after a look into the store.
   *
   * @throws SpekaError `invalid_api_key` that says what is wrong: missing, malformed, unknown, revoked or expired;
   *   `storage_unavailable` when the key is not known and the store cannot be asked.
   */
  authenticate(authorization: string | undefined): KeyRecord | Promise<KeyRecord>
  /** Replaces the keys given by configuration. */
  configure(keys: readonly ConfiguredKey[]): void
  /** From now on, ends what is under way with a key that is revoked, expires or is no longer configured. */
  heed(inUse: KeysInUse): void
  close(): void
}

/** How often the store is asked whether any key has changed, in ms: a revoked key must stop within a second. */
const POLL_MS = 250
/** For how long what is known may be relied on while the store does not answer, in ms. */
const TRUST_MS = 750
/** Well-formed keys that the store does not know, remembered so that repeating one does not keep it busy. */
const MOST_UNKNOWN = 10_000
/** Far above any key: longer credentials are not worth a hash. */
const MOST_CHARACTERS = 1024

/** @throws SpekaError `storage_unavailable`, also when the pepper is missing that the keys of the store were made with. */
export async function openKeyDirectory(options: KeyDirectoryOptions): Promise<KeyDirectory> {
  const pepper = await openPepper(options.pepper, options.dataDir, options.store)
  const directory = new Directory(options.store, pepper, options.now ?? Date.now, await options.store.version())
  directory.configure(options.configured ?? [])
  return directory
}

class Directory implements KeyDirectory {
  readonly pepper: Buffer
  readonly #store: KeyStore
  readonly #now: () => number
  /** Records the store has vouched for, by fingerprint. */
  readonly #known = new Map<string, KeyRecord>()
  readonly #unknown = new Set<string>()
  readonly #lookUps = new Map<string, Promise<KeyRecord>>()
  #configured = new Map<string, KeyRecord>()
  #version: number
  /** Counts how often everything was forgotten: an answer asked for before that is not remembered after it. */
  #generation = 0
  #inUse: KeysInUse = NONE_IN_USE
  /** Whether some key may have changed since those in use were looked at. */
  #changed = false
  #heardAt = performance.now()
  #asking = false
  readonly #timer: NodeJS.Timeout

  constructor(store: KeyStore, pepper: Buffer, now: () => number, version: number) {
    this.#store = store
    this.pepper = pepper
    this.#now = now
    this.#version = version
    this.#timer = setInterval(() => void this.#poll(), POLL_MS).unref()
  }

  authenticate(authorization: string | undefined): KeyRecord | Promise<KeyRecord> {
    const key = credentialIn(authorization)
    const fingerprint = keyFingerprint(key)
    const record = this.#known.get(fingerprint) ?? this.#configured.get(fingerprint)
    return record === undefined ? this.#meet(key, fingerprint) : valid(record, this.#now())
  }

  configure(keys: readonly ConfiguredKey[]): void {
    this.#configured = new Map(
      keys.map(({ name, key }) => [keyFingerprint(key), configuredRecord(name, key, this.pepper)]),
    )
    this.#changed = true
  }

  heed(inUse: KeysInUse): void {
    this.#inUse = inUse
  }

  close(): void {
    clearInterval(this.#timer)
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
    const generation = this.#generation
    const digest = keyDigest(key, this.pepper)
    const record = await this.#store.findByDigest(digest)
    const unchanged = generation === this.#generation
    // Compared again here: what a database takes for equal is its own affair.
    if (record === undefined || !sameDigest(record.digest, digest)) {
      if (unchanged) this.#rememberUnknown(fingerprint)
      throw notKnown()
    }
    if (unchanged) this.#known.set(fingerprint, record)
    return valid(record, this.#now())
  }

  #rememberUnknown(fingerprint: string): void {
    const [oldest] = this.#unknown
    if (oldest !== undefined && this.#unknown.size >= MOST_UNKNOWN) this.#unknown.delete(oldest)
    this.#unknown.add(fingerprint)
  }

  async #poll(): Promise<void> {
    // A store that is silent cannot tell of a revoked key, so nobody is let in from memory for long.
    if (performance.now() - this.#heardAt > TRUST_MS) this.#forget()
    this.#refuseExpired()
    if (this.#asking) return
    this.#asking = true
    try {
      const version = await this.#store.version()
      this.#heardAt = performance.now()
      if (version !== this.#version) {
        this.#forget()
        this.#changed = true
      }
      this.#version = version
      if (this.#changed) await this.#judgeInUse()
    } catch {
      // Heard nothing: the next round forgets, once it has been too long.
    } finally {
      this.#asking = false
    }
  }

  #refuseExpired(): void {
    const now = this.#now()
    for (const key of this.#inUse.keys()) {
      const refusal = refusalOf(key, now)
      if (refusal !== undefined) this.#inUse.refuse(key, refusal)
    }
  }

  async #judgeInUse(): Promise<void> {
    this.#changed = false
    try {
      for (const key of this.#inUse.keys()) {
        const refusal = await this.#refusalNow(key)
        if (refusal !== undefined) this.#inUse.refuse(key, refusal)
      }
    } catch (error) {
      this.#changed = true
      throw error
    }
  }

  /** Why a key that was let in may not be used any more. */
  async #refusalNow({ digest }: KeyRecord): Promise<SpekaError | undefined> {
    for (const configured of this.#configured.values()) if (configured.digest === digest) return undefined
    const record = await this.#store.findByDigest(digest)
    return record === undefined
      ? refused('This API key is no longer configured. Use another.')
      : refusalOf(record, this.#now())
  }

  /** Everything at once, when any key has changed: keys are few and change rarely. */
  #forget(): void {
    this.#generation += 1
    this.#known.clear()
    this.#unknown.clear()
    this.#lookUps.clear()
  }
}

/** @throws SpekaError `invalid_api_key` */
function credentialIn(authorization: string | undefined): string {
  if (authorization === undefined || authorization === '') {
    throw refused('No API key was sent. Send "Authorization: Bearer sk-speka-…".')
  }
  const key = /^bearer +(\S+) *$/i.exec(authorization)?.[1]
  if (key === undefined) throw refused('The Authorization header must be "Bearer" and one API key.')
  if (key.length > MOST_CHARACTERS) throw refused(refusalByLooks.foreign)
  return key
}

/** The one place that decides whether a known key may be used now. */
function refusalOf({ revokedAt, expiresAt }: KeyRecord, now: number): SpekaError | undefined {
  if (revokedAt !== undefined) return refused('This API key was revoked. Use another.')
  if (expiresAt !== undefined && expiresAt <= now) return refused('This API key has expired. Use another.')
  return undefined
}

function valid(record: KeyRecord, now: number): KeyRecord {
  const refusal = refusalOf(record, now)
  if (refusal !== undefined) throw refusal
  return record
}

function configuredRecord(name: string, key: string, pepper: Buffer): KeyRecord {
  // The id must outlive a restart, since the ledger goes by it, and tell nothing about the key: so it is made of the name.
  const id = `key_config_${hash('sha256', name).slice(0, 12)}`
  const mode = key.startsWith('sk-speka-test-') ? 'test' : 'live'
  return { id, name, mode, digest: keyDigest(key, pepper), plan: 'none', limits: {}, createdAt: 0 }
}

const NONE_IN_USE: KeysInUse = { keys: () => [], refuse: () => {} }

const refusalByLooks = {
  foreign: 'This is not a Speka API key. Those begin with "sk-speka-live-" or "sk-speka-test-".',
  mistyped: 'This API key was mistyped or cut short: its checksum does not fit.',
  plausible: undefined,
} as const

const notKnown = (): SpekaError =>
  refused('This API key is not known here. Make one with: speka keys create --name NAME')

const refused = (message: string): SpekaError => new SpekaError('invalid_api_key', message)
