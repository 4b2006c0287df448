import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { isIP } from 'node:net'

/** A certificate and its private key, both PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

export interface CertificateOptions {
  /** Names or IPv4 addresses it is for. */
  readonly names: readonly string[]
  /** Default: since an hour ago. */
  readonly from?: Date
  /** Default: for a day. */
  readonly until?: Date
}

/** Signs certificates. Made afresh for each test run, so that none lies in the repository or runs out. */
export interface Authority {
  /** Its own certificate: who trusts it trusts what it issues. */
  readonly cert: string
  issue(options: CertificateOptions): Certificate
}

const HOUR_MS = 3_600_000

export function makeAuthority(name: string): Authority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const own = { names: [], from: new Date(Date.now() - HOUR_MS), until: new Date(Date.now() + 24 * HOUR_MS) }
  return {
    cert: write(own, keys.publicKey, name, name, keys.privateKey, true),
    issue(options) {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      return {
        cert: write({ ...own, ...options }, publicKey, `${name} leaf`, name, keys.privateKey, false),
        key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      }
    },
  }
}

/** Writes an X.509 certificate (RFC 5280, section 4.1) in DER, and that in PEM. */
function write(
  { names, from, until }: Required<CertificateOptions>,
  subjectKey: KeyObject,
  subject: string,
  issuer: string,
  issuerKey: KeyObject,
  isAuthority: boolean,
): string {
  const extensions = [
    sequence(oid(0x55, 0x1d, 0x13), TRUE, tlv(0x04, sequence(...(isAuthority ? [TRUE] : [])))),
    ...(names.length > 0 ? [sequence(oid(0x55, 0x1d, 0x11), tlv(0x04, sequence(...names.map(alternativeName))))] : []),
  ]
  const toBeSigned = sequence(
    tlv(0xa0, tlv(0x02, Buffer.of(2))),
    tlv(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    ECDSA_WITH_SHA256,
    nameOf(issuer),
    sequence(timeOf(from), timeOf(until)),
    nameOf(subject),
    subjectKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(...extensions)),
  )
  const signature = Buffer.concat([Buffer.of(0), sign('sha256', toBeSigned, issuerKey)])
  const base64 = sequence(toBeSigned, ECDSA_WITH_SHA256, tlv(0x03, signature)).toString('base64')
  const lines = base64.match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

/** Tag, length, value. */
function tlv(tag: number, value: Uint8Array): Buffer {
  const { length } = value
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.of(tag, ...size), value])
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => tlv(0x30, Buffer.concat(parts))
const oid = (...bytes: readonly number[]): Buffer => tlv(0x06, Buffer.from(bytes))
const TRUE = tlv(0x01, Buffer.of(0xff))
const ECDSA_WITH_SHA256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02))

/** A common name. */
const nameOf = (name: string): Buffer =>
  sequence(tlv(0x31, sequence(oid(0x55, 0x04, 0x03), tlv(0x0c, Buffer.from(name)))))

const timeOf = (date: Date): Buffer => tlv(0x18, Buffer.from(date.toISOString().replace(/[-:T]|\.\d+/g, '')))

const alternativeName = (name: string): Buffer =>
  isIP(name) === 4 ? tlv(0x87, Buffer.from(name.split('.').map(Number))) : tlv(0x82, Buffer.from(name))
