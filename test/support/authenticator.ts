import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** What a page asks a browser for: the parts of it that end in what is signed. */
export interface AskedOfBrowser {
  readonly challenge: string
  /** Where the page is. */
  readonly origin: string
  readonly rpId: string
}

const sha256 = (bytes: Buffer | string): Buffer => createHash('sha256').update(bytes).digest()
const text = (bytes: Buffer): string => bytes.toString('base64url')

/** The user is there, and has shown that it is he. */
const PRESENT = 0x01 | 0x04
const WITH_KEY = 0x40

/** A device that keeps one passkey, with no browser between: what it is told of origins, it believes. */
export class Authenticator {
  readonly id = randomBytes(16)
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  /** How often it says that it has signed. */
  counter = 0
  #userHandle = text(randomBytes(16))

  /** Makes the passkey, as `navigator.credentials.create` does. @param userId of the options, in base64url. */
  create({ challenge, origin, rpId }: AskedOfBrowser, userId: string) {
    this.#userHandle = userId
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' })
    // ES256 on P-256. RFC 9053, section 7.1.1
    const key = Buffer.concat([
      Buffer.from('a5010203262001215820', 'hex'),
      Buffer.from(x, 'base64url'),
      Buffer.from('225820', 'hex'),
      Buffer.from(y, 'base64url'),
    ])
    const idLength = Buffer.from([0, this.id.length])
    const data = Buffer.concat([this.#data(rpId, PRESENT | WITH_KEY), Buffer.alloc(16), idLength, this.id, key])
    const attestation = Buffer.concat([
      Buffer.from('a363666d74646e6f6e656761747453746d74a068617574684461746159', 'hex'),
      Buffer.from([data.length >> 8, data.length & 0xff]),
      data,
    ])
    return {
      ...this.#name(),
      response: {
        clientDataJSON: clientData('webauthn.create', challenge, origin),
        attestationObject: text(attestation),
        transports: ['internal'],
      },
      clientExtensionResults: {},
    }
  }

  /** Shows it, as `navigator.credentials.get` does. */
  get({ challenge, origin, rpId }: AskedOfBrowser, changes: { readonly userHandle?: string } = {}) {
    this.counter += 1
    const data = this.#data(rpId, PRESENT)
    const client = clientData('webauthn.get', challenge, origin)
    const signed = Buffer.concat([data, sha256(Buffer.from(client, 'base64url'))])
    return {
      ...this.#name(),
      response: {
        clientDataJSON: client,
        authenticatorData: text(data),
        signature: text(sign('sha256', signed, this.#keys.privateKey)),
        userHandle: this.#userHandle,
        ...changes,
      },
      clientExtensionResults: {},
    }
  }

  #name() {
    return { id: text(this.id), rawId: text(this.id), type: 'public-key' }
  }

  #data(rpId: string, flags: number): Buffer {
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(this.counter)
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), counter])
  }
}

const clientData = (type: string, challenge: string, origin: string): string =>
  text(Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false })))
