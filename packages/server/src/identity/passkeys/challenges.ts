import { randomBytes } from 'node:crypto'
import { SpekaError } from '@speka/core'
import type { SiteParts } from '../../site/site-parts.ts'
import { challengeDigest, clientDigest } from '../code-digests.ts'

/** How long somebody has to answer a challenge, in ms. */
export const CHALLENGE_MS = 300_000

/** How many of them one client may ask for in an hour. */
const MOST_PER_CLIENT = 100

/** What a challenge is for, and whose answer alone counts: that of a session, or of a browser by its cookie. */
export interface ChallengeFor {
  readonly use: 'add' | 'sign_in'
  readonly boundTo: string
}

type Parts = Pick<SiteParts, 'operations'>

/**
 * Makes a challenge, which is good once. Of it nothing but a digest is kept, where one-time codes are, so that any process may
 * hear the answer.
 *
 * @param client from where it is asked.
 * @returns it, in base64url.
 * @throws SpekaError `rate_limit_exceeded`
 */
export async function makeChallenge({ operations }: Parts, use: ChallengeFor, client: string): Promise<string> {
  const { store, pepper: readPepper, now: time } = operations
  const pepper = await readPepper()
  const now = time()
  const challenge = randomBytes(32).toString('base64url')
  const digest = digestOf(pepper, use, challenge)
  const kept = await store.signInCodes.keep({
    address: digest,
    code: digest,
    counters: [{ of: clientDigest(pepper, `passkeys of ${client}`), most: MOST_PER_CLIENT }],
    now,
    until: now + CHALLENGE_MS,
  })
  if (kept.isKept) return challenge
  throw new SpekaError('rate_limit_exceeded', 'Passkeys were asked for too often from here. Wait, then try again.', {
    retryAfterMs: kept.until - now,
  })
}

/**
 * Takes back a challenge that somebody has answered: whatever comes of his answer, it is good for no other.
 *
 * @throws SpekaError `invalid_value` for one that nobody has made for this, that has ended, or was answered
 */
export async function takeChallenge({ operations }: Parts, use: ChallengeFor, challenge: string): Promise<void> {
  const { store, pepper, now } = operations
  const digest = digestOf(await pepper(), use, challenge)
  const tried = await store.signInCodes.try({ address: digest, code: digest, now: now(), isUsedUp: true })
  if (tried === 'right') return
  throw new SpekaError(
    'invalid_value',
    'credential answers what was not asked here, was answered already, or was asked more than five minutes ago. Try again.',
    { param: 'credential' },
  )
}

const digestOf = (pepper: Buffer, { use, boundTo }: ChallengeFor, challenge: string): string =>
  challengeDigest(pepper, use, boundTo, challenge)
