import { hash } from 'node:crypto'
import { SpekaError } from '@speka/core'
import type { KeyRecord, KeyStore } from '../ledger/store.ts'
import { keyDigest } from './key-digest.ts'
import { keyMode } from './key-format.ts'
import { openPepper } from './pepper.ts'

export interface KeyDirectoryOptions {
  readonly store: KeyStore
  /** Default: kept in a file of `dataDir`. */
  readonly pepper?: string | undefined
  readonly dataDir: string
  /** Keys given by configuration. */
  readonly configured?: readonly ConfiguredKey[] | undefined
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
   * @throws SpekaError `invalid_api_key` that says what is wrong: missing, malformed, unknown, revoked or expired.
   */
  authenticate(authorization: string | undefined): KeyRecord | Promise<KeyRecord>
  /** Replaces the keys given by configuration. */
  configure(keys: readonly ConfiguredKey[]): void
  close(): void
}

/** How often the store is asked whether any key has changed, in ms: a revoked key must stop within a second. */
const POLL_MS = 250
/** Well-formed keys that the store does not know, remembered so that a guesser cannot keep it busy. */
const MOST_UNKNOWN = 10_000

/** @throws SpekaError `storage_unavailable` */
export async function openKeyDirectory(options: KeyDirectoryOptions): Promise<KeyDirectory> {
  const pepper = openPepper(options.pepper, options.dataDir)
  const directory = new Directory(options.store, pepper, await options.store.version())
  directory.configure(options.configured ?? [])
  return directory
}

class Directory implements KeyDirectory {
  readonly pepper: Buffer
  readonly #store: KeyStore
  /** Verified records by the SHA-256 of the whole key, which costs a fifth of the HMAC that the store goes by. */
  readonly #known = new Map<string, KeyRecord>()
  readonly #unknown = new Set<string>()
  #configured = new Map<string, KeyRecord>()
  #version: number
  #asking = false
  readonly #timer: NodeJS.Timeout

  constructor(store: KeyStore, pepper: Buffer, version: number) {
    this.#store = store
    this.pepper = pepper
    this.#version = version
    this.#timer = setInterval(() => void this.#poll(), POLL_MS).unref()
  }

  authenticate(authorization: string | undefined): KeyRecord | Promise<KeyRecord> {
    const key = credentialIn(authorization)
    const print = fingerprint(key)
    const record = this.#known.get(print) ?? this.#configured.get(print)
    return record === undefined ? this.#lookUp(key, print) : valid(record)
  }

  configure(keys: readonly ConfiguredKey[]): void {
    this.#configured = new Map(
      keys.map(({ name, key }) => [fingerprint(key), configuredRecord(name, key, this.pepper)]),
    )
  }

  close(): void {
    clearInterval(this.#timer)
  }

  async #lookUp(key: string, print: string): Promise<KeyRecord> {
    if (keyMode(key) === undefined)
      throw refused('This is not a Speka key, or it was mistyped: its checksum does not fit.')
    if (this.#unknown.has(print)) {
      // It may have been created since; asking for changes is cheaper than looking.
      await this.#poll()
      if (this.#unknown.has(print)) throw notKnown()
    }
    const version = this.#version
    const record = await this.#store.findByDigest(keyDigest(key, this.pepper))
    if (record === undefined) {
      if (this.#unknown.size >= MOST_UNKNOWN) this.#unknown.clear()
      this.#unknown.add(print)
      throw notKnown()
    }
    // A change that came while we looked may be about this key.
    if (version === this.#version) this.#known.set(print, record)
    return valid(record)
  }

  /** Forgets everything when any key has changed: keys are few and change rarely. */
  async #poll(): Promise<void> {
    if (this.#asking) return
    this.#asking = true
    try {
      const version = await this.#store.version()
      if (version === this.#version) return
      this.#version = version
      this.#known.clear()
      this.#unknown.clear()
    } catch {
      // While the store is out of reach nobody can be told of changes: keys that are known must be looked up again.
      this.#known.clear()
    } finally {
      this.#asking = false
    }
  }
}

/** @throws SpekaError `invalid_api_key` */
function credentialIn(authorization: string | undefined): string {
  if (authorization === undefined || authorization === '') {
    throw refused('No API key was sent. Send "Authorization: Bearer sk-speka-…".')
  }
  const key = /^bearer +(\S+) *$/i.exec(authorization)?.[1]
  if (key === undefined) throw refused('The Authorization header must be "Bearer" and one API key.')
  return key
}

/** The whole key, hashed: never a part of it, so that two keys are never taken for one. */
const fingerprint = (key: string): string => hash('sha256', key)

function valid(record: KeyRecord): KeyRecord {
  if (record.revokedAt !== undefined) throw refused('This API key was revoked. Use another.')
  if (record.expiresAt !== undefined && record.expiresAt <= Date.now())
    throw refused('This API key has expired. Use another.')
  return record
}

function configuredRecord(name: string, key: string, pepper: Buffer): KeyRecord {
  // The id must outlive a restart, since the ledger goes by it, and tell nothing about the key: so it is made of the name.
  const id = `key_config_${hash('sha256', name).slice(0, 12)}`
  const mode = key.startsWith('sk-speka-test-') ? 'test' : 'live'
  return { id, name, mode, digest: keyDigest(key, pepper), plan: 'none', limits: {}, createdAt: 0 }
}

const notKnown = (): SpekaError =>
  refused('This API key is not known here. Make one with: speka keys create --name NAME')

const refused = (message: string): SpekaError => new SpekaError('invalid_api_key', message)
