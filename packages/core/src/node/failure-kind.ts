import type { TransportFailureKind } from '../transport.ts'
import { PRIVATE_ADDRESS } from './public-address.ts'

const kinds: Readonly<Record<string, TransportFailureKind>> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  UND_ERR_CONNECT_TIMEOUT: 'connect_timeout',
  ETIMEDOUT: 'connect_timeout',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'reset',
  EPROTO: 'tls',
  [PRIVATE_ADDRESS]: 'not_public',
}

/** What Node and OpenSSL call it: most have such a word in them. */
const TLS_TROUBLE = /CERT|TLS|SSL|LEAF_SIGNATURE|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH/

/** By code, the cause of the cause included. Not by `instanceof`: the error may come from another realm. */
export function kindOf(error: unknown): TransportFailureKind {
  for (
    let cause = error;
    typeof cause === 'object' && cause !== null;
    cause = 'cause' in cause ? cause.cause : undefined
  ) {
    const code = 'code' in cause ? String(cause.code) : ''
    const kind = kinds[code]
    if (kind !== undefined) return kind
    if (TLS_TROUBLE.test(code)) return 'tls'
    // Several addresses were tried, and each failed.
    const first: unknown = 'errors' in cause && Array.isArray(cause.errors) ? cause.errors[0] : undefined
    if (first !== undefined) return kindOf(first)
  }
  return 'other'
}
