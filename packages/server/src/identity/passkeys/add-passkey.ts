import { SpekaError } from '@speka/core'
import { isSessionId, type Actor } from '../../actor.ts'
import { mintId } from '../../keys/key-format.ts'
import type { AddedCredential } from '../../management/passkey-rows.ts'
import { changeBy } from '../../operations/change.ts'
import { passkeysOf } from '../../operations/passkeys-of.ts'
import type { SiteParts } from '../../site/site-parts.ts'
import type { MemberRecord, PasskeyRecord } from '../../store/records.ts'
import type { Kept } from '../../store/registry.ts'
import { challengeIn } from './client-data.ts'
import { CHALLENGE_MS, makeChallenge, takeChallenge, type ChallengeFor } from './challenges.ts'
import { demandPasskeys } from './relying-party.ts'

/** How many passkeys one member may have: every device of his, with room to spare. */
const MOST = 20

/** EdDSA, ES256 and RS256: https://www.iana.org/assignments/cose */
const ALGORITHMS = [-8, -7, -257]

/** A member who has signed in, and the session by which he asks. */
interface Adding {
  readonly member: MemberRecord
  readonly challenge: ChallengeFor
}

/** Whoever asks, and from where. */
interface Asking {
  readonly actor: Actor
  /** The `Host` that was asked. */
  readonly host: string | undefined
}

/**
 * What a browser is to make a passkey with.
 *
 * @param client from where it is asked.
 * @throws SpekaError `invalid_request` where there are none, or for who is no member who has signed in; `rate_limit_exceeded`
 */
export async function passkeyToAdd(parts: SiteParts, { actor, host, client }: Asking & { readonly client: string }) {
  const { webAuthn, party } = demandPasskeys(parts, host)
  const { member, challenge: use } = await addingOf(parts, actor)
  const { registry } = parts.operations.store
  const own = await passkeysOf(registry, member)
  demandRoom(own.length)
  const account = await registry.get('account', member.account)
  const { generateRegistrationOptions } = await webAuthn.load()
  return generateRegistrationOptions({
    rpName: party.name,
    rpID: party.id,
    userID: new Uint8Array(Buffer.from(member.id)),
    userName: member.email,
    // Who is in several accounts has a passkey for each, and chooses among them by this.
    userDisplayName: `${member.email} · ${account?.record.name ?? member.account}`,
    challenge: new Uint8Array(Buffer.from(await makeChallenge(parts, use, client), 'base64url')),
    timeout: CHALLENGE_MS,
    attestationType: 'none',
    excludeCredentials: own.map(({ record }) => ({ id: record.credential })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'preferred' },
    supportedAlgorithmIDs: ALGORITHMS,
  })
}

/**
 * Adds a passkey that a browser has made.
 *
 * @throws SpekaError `invalid_request` as {@link passkeyToAdd}; `invalid_value` for what is no answer to a challenge of this
 *   session, or was made for another origin, and for a passkey that is there already
 */
export async function addPasskey(
  parts: SiteParts,
  { actor, host, name, credential }: Asking & { readonly name: string; readonly credential: AddedCredential },
): Promise<Kept<'passkey'>> {
  const { webAuthn, party } = demandPasskeys(parts, host)
  const { member, challenge: use } = await addingOf(parts, actor)
  const { store, now } = parts.operations
  const challenge = challengeIn(credential.response.clientDataJSON)
  await takeChallenge(parts, use, challenge)
  demandRoom((await passkeysOf(store.registry, member)).length)
  const { id, rawId, type, response } = credential
  const { verifyRegistrationResponse } = await webAuthn.load()
  const { registrationInfo } = await verifyRegistrationResponse({
    response: { id, rawId, type, response: { ...response, transports: [] }, clientExtensionResults: {} },
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: false,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch((cause: unknown) => {
    throw unfit(cause)
  })
  if (registrationInfo === undefined) throw unfit()
  const made = registrationInfo.credential
  const at = now()
  const after: PasskeyRecord = {
    id: mintId('pky'),
    account: member.account,
    createdAt: at,
    member: member.id,
    name,
    credential: made.id,
    publicKey: Buffer.from(made.publicKey).toString('base64url'),
    counter: made.counter,
    transports: response.transports ?? [],
  }
  const by = changeBy(actor, 'passkey.create', at)
  const [kept] = await store.registry.change([{ kind: 'passkey', after }], by).catch((error: unknown) => {
    throw SpekaError.is(error) && error.code === 'invalid_value' ? unfit(error) : error
  })
  return kept
}

async function addingOf({ operations }: SiteParts, actor: Actor): Promise<Adding> {
  const id = actor.kind === 'account' ? actor.member : undefined
  const member = id === undefined ? undefined : await operations.store.registry.get('member', id)
  if (member === undefined || !isSessionId(actor.by))
    throw new SpekaError('invalid_request', 'A passkey is added by a member of an account who has signed in.')
  return { member: member.record, challenge: { use: 'add', boundTo: actor.by } }
}

function demandRoom(count: number): void {
  if (count < MOST) return
  throw new SpekaError('invalid_request', `You have ${MOST} passkeys. Remove one that you do not use any more.`)
}

const unfit = (cause?: unknown): SpekaError =>
  new SpekaError(
    'invalid_value',
    'credential was not made for this page, cannot be checked, or is there already. Try again.',
    { param: 'credential', cause },
  )
