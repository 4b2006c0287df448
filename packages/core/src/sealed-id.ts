import { KeyedHash } from './keyed-hash.ts'

/** Where a stored thing is: the account it belongs to knows it by a sealed id only. */
export interface StoredAt {
  /** The provider's name in the configuration. */
  readonly provider: string
  /** The provider's own key that it was made with: to no other does it belong. */
  readonly credential: string
  /** What the upstream calls it. */
  readonly id: string
}

/** What a sealed id says to the one it was sealed for. */
export interface OpenedId {
  readonly provider: string
  /** What the upstream calls it. */
  readonly id: string
  /** Whether it was made with this key. Keys are compared by their digests: no key is in an id. */
  isOf(credential: string): boolean
}

/**
 * Seals ids of what upstreams store for callers, such as responses. Upstreams keep such things for the operator's key, whoever
 * asked for them; a sealed id is of use to one account alone, cannot be made up, and tells nobody where it leads.
 *
 * It is an authentication code over everything, the account included, from which a key stream for the rest follows: the
 * order of RFC 5297, over HMAC-SHA-256. The same id is sealed the same, so that callers can compare them.
 */
export class IdSeal {
  readonly #authenticates: KeyedHash
  readonly #encrypts: KeyedHash
  readonly #digests: KeyedHash
  /** The credential asked for last: nearly always the one asked for next. */
  #last: { readonly credential: string; readonly digest: Buffer } | undefined

  /** @param secret what all keys are derived from. With another, no earlier id can be opened. */
  constructor(secret: Uint8Array) {
    const own = new KeyedHash(secret)
    const derived = (purpose: string): KeyedHash =>
      new KeyedHash(bytesOf(own.digest(Buffer.from(`speka sealed id ${VERSION}: ${purpose}`))))
    this.#authenticates = derived('authentication')
    this.#encrypts = derived('encryption')
    this.#digests = derived('digests of keys')
  }

  /**
   * @param kind what the thing is called in ids: `resp`.
   * @param account whom it belongs to.
   * @returns the id that the account gets: letters, digits, `-` and `_`, beginning with the kind.
   */
  seal(kind: string, account: string, { provider, credential, id }: StoredAt): string {
    const said = saidOf(
      kind,
      account,
      DIGEST_BYTES + LENGTH_BYTES + Buffer.byteLength(provider) + Buffer.byteLength(id),
    )
    const { bytes, start } = said
    bytes.set(this.#digestOf(credential), start)
    const end = putText(bytes, provider, start + DIGEST_BYTES)
    bytes.write(id, end)
    const tag = this.#tagOf(bytes)
    return written(kind, tag, this.#applied(tag, bytes.subarray(start)))
  }

  /** @returns `undefined` for an id that was not sealed for this account, or not here, or not in this version. */
  open(kind: string, account: string, sealed: string): OpenedId | undefined {
    if (sealed.length > MOST_LETTERS || !sealed.startsWith(`${kind}_`)) return undefined
    const bytes = Buffer.from(sealed.slice(kind.length + 1), 'base64url')
    if (bytes[0] !== VERSION || bytes.length < 1 + TAG_BYTES + DIGEST_BYTES + LENGTH_BYTES) return undefined
    const tag = bytes.subarray(1, 1 + TAG_BYTES)
    const covered = bytes.subarray(1 + TAG_BYTES)
    const plain = this.#applied(tag, covered)
    const said = saidOf(kind, account, plain.length)
    said.bytes.set(plain, said.start)
    if (!sameBytes(tag, this.#tagOf(said.bytes))) return undefined
    // Of the many spellings that a decoder takes, one is ours.
    if (written(kind, tag, covered) !== sealed) return undefined
    const digest = plain.subarray(0, DIGEST_BYTES)
    const start = DIGEST_BYTES + LENGTH_BYTES
    const end = start + (plain[DIGEST_BYTES] ?? 0) * 256 + (plain[DIGEST_BYTES + 1] ?? 0)
    return {
      provider: plain.toString('utf8', start, end),
      id: plain.toString('utf8', end),
      isOf: (credential) => sameBytes(digest, this.#digestOf(credential)),
    }
  }

  #digestOf(credential: string): Buffer {
    if (credential !== this.#last?.credential)
      this.#last = { credential, digest: bytesOf(this.#digests.digest(Buffer.from(credential)), DIGEST_BYTES) }
    return this.#last.digest
  }

  #tagOf(said: Uint8Array): Buffer {
    return bytesOf(this.#authenticates.digest(said), TAG_BYTES)
  }

  /** Encrypts, or decrypts: it is the same. */
  #applied(tag: Uint8Array, bytes: Uint8Array): Buffer {
    const out = Buffer.from(bytes)
    const place = Buffer.alloc(TAG_BYTES + COUNTER_BYTES)
    place.set(tag)
    for (let from = 0; from < out.length; from += BLOCK_BYTES) {
      place.writeUInt32BE(from / BLOCK_BYTES, TAG_BYTES)
      const stream = this.#encrypts.digest(place)
      for (let at = from; at < Math.min(out.length, from + BLOCK_BYTES); at += 1)
        out[at] = (out[at] ?? 0) ^ stream.charCodeAt(at - from)
    }
    return out
  }
}

const VERSION = 1
const TAG_BYTES = 16
const DIGEST_BYTES = 12
const BLOCK_BYTES = 32
const COUNTER_BYTES = 4
/** Of the length of a text, which stands before it. */
const LENGTH_BYTES = 2
/** Longer ones are nobody's: they are not looked at. */
const MOST_LETTERS = 2048

/** The first bytes of a digest. */
const bytesOf = (digest: string, count = digest.length): Buffer => Buffer.from(digest.slice(0, count), 'binary')

function written(kind: string, tag: Uint8Array, covered: Uint8Array): string {
  const bytes = Buffer.allocUnsafe(1 + TAG_BYTES + covered.length)
  bytes[0] = VERSION
  bytes.set(tag, 1)
  bytes.set(covered, 1 + TAG_BYTES)
  return `${kind}_${bytes.toString('base64url')}`
}

/** What the code is made over: the kind and the account, and from `start` on room for `more` bytes. */
function saidOf(kind: string, account: string, more: number): { bytes: Buffer; start: number } {
  const length = 2 * LENGTH_BYTES + Buffer.byteLength(kind) + Buffer.byteLength(account)
  const bytes = Buffer.allocUnsafe(length + more)
  const start = putText(bytes, account, putText(bytes, kind, 0))
  return { bytes, start }
}

/** Puts a text that says where it ends, so that two in a row are never taken for two others. @returns its end. */
function putText(bytes: Buffer, text: string, at: number): number {
  const length = bytes.write(text, at + LENGTH_BYTES)
  bytes[at] = length >> 8
  bytes[at + 1] = length
  return at + LENGTH_BYTES + length
}

/** In a time that does not tell where they differ. */
function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length
  for (let at = 0; at < a.length; at += 1) difference |= (a[at] ?? 0) ^ (b[at] ?? 0)
  return difference === 0
}
