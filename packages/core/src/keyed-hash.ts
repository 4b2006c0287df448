import { hash } from 'node:crypto'

const BLOCK_BYTES = 64
const DIGEST_BYTES = 32
/** So much may be said without more room being made. */
const USUAL_BYTES = 448

/**
 * HMAC-SHA-256 under one key, for what is said a few times with every answer: two hashes in one go each, with the key put in
 * front of them once. Node's own takes six times as long, nearly all of it to make an object that is used once.
 *
 * https://www.rfc-editor.org/rfc/rfc2104
 */
export class KeyedHash {
  /** The key for the inner hash, and room behind it for what is said. */
  readonly #inner: Buffer
  /** The key for the outer hash, and room for the inner one's digest. */
  readonly #outer: Buffer

  constructor(key: Uint8Array) {
    const short = key.length > BLOCK_BYTES ? Buffer.from(hash('sha256', key, 'binary'), 'binary') : key
    this.#inner = Buffer.alloc(BLOCK_BYTES + USUAL_BYTES)
    this.#outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES)
    for (let at = 0; at < BLOCK_BYTES; at += 1) {
      this.#inner[at] = (short[at] ?? 0) ^ 0x36
      this.#outer[at] = (short[at] ?? 0) ^ 0x5c
    }
  }

  /** @returns 32 bytes. */
  digest(said: Uint8Array): Buffer {
    const length = BLOCK_BYTES + said.length
    const inner = this.#inner.length < length ? this.#roomFor(length) : this.#inner
    inner.set(said, BLOCK_BYTES)
    // As text with a letter for each byte: to hand over a buffer takes Node three times as long.
    this.#outer.write(hash('sha256', inner.subarray(0, length), 'binary'), BLOCK_BYTES, 'binary')
    return Buffer.from(hash('sha256', this.#outer, 'binary'), 'binary')
  }

  #roomFor(length: number): Buffer {
    const inner = Buffer.alloc(length)
    inner.set(this.#inner.subarray(0, BLOCK_BYTES))
    return inner
  }
}
