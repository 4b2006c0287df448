import { SpekaError } from '@speka/core'
import type * as Jose from 'jose'
import type { JWTPayload } from 'jose'
import type { CallerIssuer } from '../../config/identity-schema.ts'
import { refused } from '../../keys/key-refusal.ts'
import type { AskIssuer } from '../fetch-over.ts'
import { IssuerKeys } from './issuer-keys.ts'

/** How far the clocks of an issuer and of the gateway may be apart, in seconds. */
const TOLERANCE_S = 60

/** Signatures by public keys alone: with one shared secret, whoever has the public key could sign. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

/** What a token says once its issuer is certain. */
export interface VerifiedToken {
  readonly issuer: CallerIssuer
  readonly subject: string
  readonly claims: JWTPayload
  /** From when on it is not taken any more, in ms since the epoch. */
  readonly until: number
}

export interface VerifierOptions {
  readonly jose: typeof Jose
  readonly issuers: readonly CallerIssuer[]
  readonly ask: AskIssuer
  /** The time in ms since the epoch. */
  readonly now: () => number
}

/** Verifies a token. @throws SpekaError `invalid_api_key` that says what is wrong with it; `identity_unavailable` */
export type VerifyToken = (token: string) => Promise<VerifiedToken>

/** What a token is refused with, by what jose finds. */
const refusals: Readonly<Record<string, string>> = {
  ERR_JWT_EXPIRED: 'This token has expired. Get a new one from its issuer.',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'The signature of this token is wrong.',
  ERR_JOSE_ALG_NOT_ALLOWED:
    'This token is signed in a way that is not taken here. Have its issuer sign it with RS256, ES256 or EdDSA.',
  ERR_JOSE_NOT_SUPPORTED: 'This token asks for something that is not known here.',
  ERR_JWKS_NO_MATCHING_KEY: 'This token is signed with a key that its issuer does not publish.',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS:
    'This token does not name the key that it is signed with, and its issuer has several.',
  ERR_JWK_INVALID: 'This token is signed with a key of its issuer that cannot be used.',
}

/** The same by the claim that is wrong. */
const claimRefusals: Readonly<Record<string, string>> = {
  aud: 'This token is for another audience. Ask its issuer for one for this gateway.',
  iss: 'This token is of an issuer that is not configured here.',
  nbf: 'This token is not valid yet. Wait, or set the clocks of its issuer and of the gateway right.',
}

const UNREADABLE = 'This is neither a Speka API key nor a token that can be read.'

/** What checks tokens of some issuers. Their keys are remembered by it. */
export function tokenVerifier({ jose, issuers, ask, now }: VerifierOptions): VerifyToken {
  const isUnknownKey = (error: unknown): boolean => error instanceof jose.errors.JWKSNoMatchingKey
  const keysOptions = { ask, now, makeSet: jose.createLocalJWKSet, isUnknownKey }
  const known = issuers.map((issuer) => ({ issuer, keys: new IssuerKeys(issuer, keysOptions) }))

  return async (token) => {
    try {
      const said = jose.decodeJwt(token)
      const ofIssuer = known.filter(({ issuer }) => issuer.issuer === said.iss)
      // Of several of one issuer it is the audience that tells.
      const found = ofIssuer.find(({ issuer }) => isFor(said.aud, issuer)) ?? ofIssuer[0]
      if (found === undefined) throw refused(claimRefusals['iss'] ?? UNREADABLE)
      const { issuer, keys } = found
      const { payload } = await jose.jwtVerify(token, keys.find, {
        issuer: issuer.issuer,
        audience: [...issuer.audiences],
        algorithms: ALGORITHMS,
        requiredClaims: ['exp', 'sub'],
        clockTolerance: TOLERANCE_S,
        currentDate: new Date(now()),
      })
      const { sub = '', exp = 0 } = payload
      if (sub === '') throw refused('This token does not say whose it is: its claim "sub" is empty.')
      return { issuer, subject: sub, claims: payload, until: (exp + TOLERANCE_S) * 1000 }
    } catch (error) {
      throw SpekaError.is(error) ? error : refused(whyNot(error, jose))
    }
  }
}

const isFor = (audience: JWTPayload['aud'], { audiences }: CallerIssuer): boolean =>
  [audience ?? []].flat().some((one) => audiences.includes(one))

function whyNot(error: unknown, jose: typeof Jose): string {
  if (error instanceof jose.errors.JWTClaimValidationFailed) {
    const { claim, reason } = error
    if (reason === 'missing') return `This token lacks the claim "${claim}".`
    return claimRefusals[claim] ?? `The claim "${claim}" of this token is wrong.`
  }
  return (error instanceof jose.errors.JOSEError ? refusals[error.code] : undefined) ?? UNREADABLE
}
