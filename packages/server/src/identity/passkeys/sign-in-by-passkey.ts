import { SpekaError } from '@speka/core'
import type { ShownCredential } from '../../management/passkey-rows.ts'
import type { SiteParts } from '../../site/site-parts.ts'
import type { Kept } from '../../store/registry.ts'
import { openMemberSession, type OpenedSession } from '../sessions.ts'
import { challengeIn } from './client-data.ts'
import { CHALLENGE_MS, makeChallenge, takeChallenge } from './challenges.ts'
import { demandPasskeys } from './relying-party.ts'

/** From where somebody signs in. */
interface At {
  /** The `Host` that was asked. */
  readonly host: string | undefined
  /** What the browser that has asked keeps in a cookie: no other can answer for it. */
  readonly browser: string
}

/**
 * What a browser is to find a passkey with: any that there is for this domain, so that nobody says who he is.
 *
 * @param client from where it is asked.
 * @throws SpekaError `invalid_request` where there are none; `rate_limit_exceeded`
 */
export async function passkeyToSignIn(parts: SiteParts, { host, browser, client }: At & { readonly client: string }) {
  const { webAuthn, party } = demandPasskeys(parts, host)
  const challenge = await makeChallenge(parts, { use: 'sign_in', boundTo: browser }, client)
  const { generateAuthenticationOptions } = await webAuthn.load()
  return generateAuthenticationOptions({
    rpID: party.id,
    challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
    timeout: CHALLENGE_MS,
    userVerification: 'preferred',
  })
}

/**
 * Signs in whoever's passkey a browser has found.
 *
 * @throws SpekaError `invalid_value` with the param `credential` for one that is not known, was removed, or has not signed what
 *   was asked here; `permission_denied` for who is no member any more, and for a passkey that there is a copy of
 */
export async function signInByPasskey(
  parts: SiteParts,
  { host, browser, credential }: At & { readonly credential: ShownCredential },
): Promise<OpenedSession> {
  const { webAuthn, party } = demandPasskeys(parts, host)
  const { store, now } = parts.operations
  const challenge = challengeIn(credential.response.clientDataJSON)
  await takeChallenge(parts, { use: 'sign_in', boundTo: browser }, challenge)
  const before = await store.registry.findBy('passkey', credential.id)
  if (before === undefined || before.record.removedAt !== undefined || !isOf(before, credential)) throw unknown()
  const { id, rawId, type, response } = credential
  const { verifyAuthenticationResponse } = await webAuthn.load()
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: {
      id,
      rawId,
      type,
      response: { ...response, userHandle: handleOf(before) },
      clientExtensionResults: {},
    },
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: false,
    credential: {
      id: before.record.credential,
      publicKey: new Uint8Array(Buffer.from(before.record.publicKey, 'base64url')),
      // Held against the one that is kept below, once the signature is known to be good.
      counter: 0,
    },
  }).catch((cause: unknown) => {
    throw notSigned(cause)
  })
  if (!verified) throw notSigned()
  const counter = authenticationInfo.newCounter
  const at = now()
  if (before.record.copiedAt !== undefined) throw copied()
  if (hasGoneBack(before.record.counter, counter)) {
    const after = { ...before.record, copiedAt: at }
    const by = { at, actor: before.record.member, action: 'passkey.copied' }
    await store.registry.change([{ kind: 'passkey', before, after }], by)
    throw copied()
  }
  const after = { ...before.record, counter, lastUsedAt: at }
  return openMemberSession(parts, before.record.member, 'passkey', [{ kind: 'passkey', before, after }])
}

/** Whether it is of the member whom its device says it is of: it says so, where nobody was named. */
const isOf = (kept: Kept<'passkey'>, { response }: ShownCredential): boolean => response.userHandle === handleOf(kept)

const handleOf = ({ record }: Kept<'passkey'>): string => Buffer.from(record.member).toString('base64url')

/**
 * Whether a passkey counts, and has not counted on. Then another has counted for it: there is a copy.
 *
 * @see https://www.w3.org/TR/webauthn-3/#sctn-sign-counter
 */
const hasGoneBack = (kept: number, said: number): boolean => (kept > 0 || said > 0) && said <= kept

const unknown = (): SpekaError =>
  new SpekaError(
    'invalid_value',
    'credential is no passkey that is known here, or it was removed. Sign in by a code, and add it anew.',
    { param: 'credential' },
  )

const notSigned = (cause?: unknown): SpekaError =>
  new SpekaError('invalid_value', 'credential has not signed what was asked at this address. Try again.', {
    param: 'credential',
    cause,
  })

const copied = (): SpekaError =>
  new SpekaError(
    'permission_denied',
    'This passkey has counted back, as it does when there is a copy of it, and is refused. Sign in by a code, remove it, and add a new one.',
  )
