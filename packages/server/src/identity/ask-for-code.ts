import { SpekaError } from '@speka/core'
import type { AskOutput } from '../management/sign-in-rows.ts'
import type { SiteParts } from '../site/site-parts.ts'
import { addressDigest, clientDigest, codeDigest, mailboxDigest, mintCode } from './code-digests.ts'
import { codeMail, type CodeTold } from './code-mail.ts'
import { disposableDomain } from './disposable-domains.ts'
import { mailboxOf } from './mailbox.ts'
import { membershipsOf } from './memberships.ts'

/** How long a code is good, in ms. */
export const CODE_MS = 600_000

/** How many codes may be asked for in an hour. */
const MOST_PER_MAILBOX = 5
const MOST_PER_CLIENT = 20

/** What whoever asks is told of mail that does not go. Why it does not is the operator's to know. */
const TROUBLE =
  'The mail server takes no mail at present. The code is good all the same: whoever runs this service has it in the log.'

/**
 * Makes a one-time code, and sends it to whoever may sign in by it. The answer is the same for everybody, and waits for nothing
 * that could tell who is a member: mail goes behind it.
 *
 * @param client from where it is asked.
 * @throws SpekaError `rate_limit_exceeded`; `unknown_url` where nobody signs in by a code; `invalid_value` for an address to throw away
 */
export async function askForCode(parts: SiteParts, email: string, client: string): Promise<AskOutput> {
  const { signUp, name } = parts.site()
  demandCodes(signUp)
  if (signUp === 'open') refuseDisposable(email)
  const { store, pepper: readPepper, now: time } = parts.operations
  const pepper = await readPepper()
  const now = time()
  const code = mintCode()
  const until = now + CODE_MS
  const kept = await store.signInCodes.keep({
    address: addressDigest(pepper, email),
    code: codeDigest(pepper, email, code),
    counters: [
      { of: mailboxDigest(pepper, mailboxOf(email)), most: MOST_PER_MAILBOX },
      { of: clientDigest(pepper, client), most: MOST_PER_CLIENT },
    ],
    now,
    until,
  })
  if (!kept.isKept) throw tooMany(kept.full === 0, kept.until - now)
  void deliver(parts, { email, code, site: name, until })
  return {
    object: 'sign_in_code',
    delivery: parts.mail === undefined ? 'log' : 'mail',
    trouble: parts.mail?.trouble() === undefined ? null : TROUBLE,
    expires_at: new Date(until).toISOString(),
  }
}

/** @throws SpekaError `unknown_url` */
export function demandCodes(signUp: 'open' | 'invited' | 'off'): void {
  if (signUp === 'off')
    throw new SpekaError('unknown_url', 'Nobody signs in by a code here: site.sign_up is off in the configuration.')
}

/** @throws SpekaError `invalid_value` */
export function refuseDisposable(email: string): void {
  const domain = disposableDomain(email)
  if (domain === undefined) return
  throw new SpekaError(
    'invalid_value',
    `email is at ${domain}, which hands out addresses to throw away. Use one that stays yours.`,
    { param: 'email' },
  )
}

const tooMany = (isMailbox: boolean, waitMs: number): SpekaError =>
  new SpekaError(
    'rate_limit_exceeded',
    `Too many codes were asked for ${isMailbox ? 'for this address' : 'from here'}. Use one that has come already, or ask again in ${minutes(waitMs)}.`,
    { param: 'email', retryAfterMs: waitMs },
  )

const minutes = (ms: number): string => {
  const count = Math.max(1, Math.ceil(ms / 60_000))
  return count === 1 ? 'a minute' : `${count} minutes`
}

/** Sends a code to whoever may use it. It is nobody's to wait for, so nothing is thrown. */
async function deliver(parts: SiteParts, told: CodeTold): Promise<void> {
  const { mail, tellCode } = parts
  try {
    if (!(await mayComeIn(parts, told.email))) {
      // So that how mail fares is known as well of those to whom none is sent.
      await mail?.check()
      return
    }
    if (mail === undefined) tellCode?.(told, undefined)
    else await mail.send(codeMail(told))
  } catch (error) {
    tellCode?.(told, error)
  }
}

async function mayComeIn({ site, operations }: SiteParts, email: string): Promise<boolean> {
  return site().signUp === 'open' || (await membershipsOf(operations.store, email)).length > 0
}
