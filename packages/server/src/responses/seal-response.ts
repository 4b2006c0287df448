import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { constants, deflateRaw, inflateRaw } from 'node:zlib'

/** Whose a response is, and which: sealed for one, it opens for no other. */
export interface ResponsePlace {
  readonly account: string
  /** What a test key was answered is not there for a live one, nor the other way round. */
  readonly mode: 'live' | 'test'
  /** Of the request that made it. */
  readonly id: string
}

/** A response and what it was asked with, each the JSON that it was. */
export interface Conversation {
  readonly response: Buffer
  readonly input: Buffer
}

const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
const IV_BYTES = 12
const TAG_BYTES = 16
const LENGTH_BYTES = 4

const compress = promisify<Buffer, { level: number }, Buffer>(deflateRaw)
const decompress = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflateRaw)

/** Keeps what was asked and answered from whoever can read the disk that it lies on: a key for each account, of one that is the operator's. */
export class ResponseSeal {
  readonly #keys: readonly Uint8Array[]
  readonly #mostBytes: number

  /**
   * @param keys the first encrypts, and all of them decrypt.
   * @param mostBytes what both parts come to at the most.
   */
  constructor(keys: readonly Uint8Array[], mostBytes: number) {
    this.#keys = keys
    this.#mostBytes = mostBytes
  }

  async seal(place: ResponsePlace, { response, input }: Conversation): Promise<Uint8Array> {
    const length = Buffer.alloc(LENGTH_BYTES)
    length.writeUInt32BE(response.length)
    // On another thread, and quickly rather than well: what is encrypted no longer gets smaller.
    const plain = await compress(Buffer.concat([length, response, input]), { level: constants.Z_BEST_SPEED })
    const iv = randomBytes(IV_BYTES)
    const [key = new Uint8Array()] = this.#keys
    const cipher = createCipheriv(CIPHER, keyOf(key, place.account), iv).setAAD(saidOf(place))
    const sealed = [cipher.update(plain), cipher.final()]
    return Buffer.concat([iv, cipher.getAuthTag(), ...sealed])
  }

  /** @returns `undefined` when it was sealed with none of the keys, or for another place, or is damaged. */
  async open(place: ResponsePlace, sealed: Uint8Array): Promise<Conversation | undefined> {
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
    for (const key of this.#keys) {
      const plain = decrypted(keyOf(key, place.account), place, bytes)
      if (plain === undefined) continue
      const both = await decompress(plain, { maxOutputLength: LENGTH_BYTES + this.#mostBytes })
      const inputAt = LENGTH_BYTES + both.readUInt32BE(0)
      return { response: both.subarray(LENGTH_BYTES, inputAt), input: both.subarray(inputAt) }
    }
    return undefined
  }
}

function decrypted(key: Buffer, place: ResponsePlace, bytes: Buffer): Buffer | undefined {
  try {
    const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
    decipher.setAAD(saidOf(place)).setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()])
  } catch {
    return undefined
  }
}

const keyOf = (key: Uint8Array, account: string): Buffer =>
  Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `speka kept responses of ${account}`, KEY_BYTES))

const saidOf = ({ account, mode, id }: ResponsePlace): Buffer => Buffer.from(JSON.stringify([account, mode, id]))
