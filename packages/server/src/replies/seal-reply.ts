import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/** An answer as it was sent. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | number>>
  readonly body: Buffer
}

const CIPHER = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16

/** Keeps replies from whoever can read the file that they lie in, by the secret that key digests depend on. */
export class ReplySeal {
  readonly #key: Buffer
  readonly #placeKey: Buffer

  constructor(pepper: Buffer) {
    this.#key = derived(pepper, 'speka kept replies')
    this.#placeKey = derived(pepper, 'speka places of replies')
  }

  /** Where a reply lies: what it was asked by cannot be read from it. */
  place(parts: readonly string[]): string {
    return createHmac('sha256', this.#placeKey).update(JSON.stringify(parts)).digest('base64url')
  }

  /** Sealed for its place: at another it does not open. */
  seal(place: string, { status, headers, body }: Reply): Uint8Array {
    const head = Buffer.from(JSON.stringify({ status, headers }))
    const length = Buffer.alloc(4)
    length.writeUInt32BE(head.length)
    const iv = randomBytes(IV_BYTES)
    const cipher = createCipheriv(CIPHER, this.#key, iv).setAAD(Buffer.from(place))
    const sealed = [cipher.update(length), cipher.update(head), cipher.update(body), cipher.final()]
    return Buffer.concat([iv, cipher.getAuthTag(), ...sealed])
  }

  /** @returns `undefined` when it was not sealed by this, or not for this place. */
  open(place: string, sealed: Uint8Array): Reply | undefined {
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
    try {
      const decipher = createDecipheriv(CIPHER, this.#key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
      decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
      const plain = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()])
      const bodyAt = 4 + plain.readUInt32BE(0)
      const { status, headers } = JSON.parse(plain.toString('utf8', 4, bodyAt)) as Pick<Reply, 'status' | 'headers'>
      return { status, headers, body: plain.subarray(bodyAt) }
    } catch {
      return undefined
    }
  }
}

const derived = (pepper: Buffer, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', pepper, Buffer.alloc(0), purpose, 32))
