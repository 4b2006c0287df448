import type { Message } from '../mail/mail.ts'

/** What a code is good for, and where. */
export interface CodeTold {
  readonly email: string
  readonly code: string
  /** What the service is called. */
  readonly site: string
  /** When it ends, in ms since the epoch. */
  readonly until: number
}

/** The mail that brings a code. The code is in the subject, where most programs show it without opening the mail. */
export const codeMail = ({ email, code, site, until }: CodeTold): Message => ({
  to: email,
  subject: `${code} is your code for ${site}`,
  text: `${code}

This is your code to sign in to ${site}. It can be used once, until ${new Date(until).toISOString().slice(11, 16)} UTC.

Give it to nobody. If you did not ask for it, there is nothing to do: without it nobody comes in.
`,
})
