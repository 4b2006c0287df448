/** How a provider of mail reads the part before the @. */
interface MailboxRule {
  /** The name that all its domains are one with. */
  readonly domain: string
  /** Whether dots in it mean nothing. */
  readonly ignoresDots: boolean
  /** What begins a part that means nothing. */
  readonly tag: '+' | '-'
}

const google: MailboxRule = { domain: 'gmail.com', ignoresDots: true, tag: '+' }
const microsoft = (domain: string): MailboxRule => ({ domain, ignoresDots: false, tag: '+' })
const apple: MailboxRule = { domain: 'icloud.com', ignoresDots: false, tag: '+' }
const proton: MailboxRule = { domain: 'proton.me', ignoresDots: true, tag: '+' }
const fastmail: MailboxRule = { domain: 'fastmail.com', ignoresDots: false, tag: '+' }
const yahoo: MailboxRule = { domain: 'yahoo.com', ignoresDots: false, tag: '-' }

/** Providers that take one mailbox in many spellings, by domain, each with where it says so. */
const rules: ReadonlyMap<string, MailboxRule> = new Map([
  // https://support.google.com/mail/answer/7436150 and https://support.google.com/a/users/answer/9282734
  ['gmail.com', google],
  ['googlemail.com', google],
  // https://support.microsoft.com/office/use-plus-addressing: each of its domains has mailboxes of its own
  ['outlook.com', microsoft('outlook.com')],
  ['hotmail.com', microsoft('hotmail.com')],
  ['live.com', microsoft('live.com')],
  ['msn.com', microsoft('msn.com')],
  // https://support.apple.com/guide/icloud/mm6b1a490a: one mailbox at the three
  ['icloud.com', apple],
  ['me.com', apple],
  ['mac.com', apple],
  // https://proton.me/support/addresses-and-aliases: dots, and what follows a plus
  ['proton.me', proton],
  ['protonmail.com', proton],
  ['pm.me', proton],
  // https://www.fastmail.help/hc/en-us/articles/360060591053
  ['fastmail.com', fastmail],
  ['fastmail.fm', { ...fastmail, domain: 'fastmail.fm' }],
  // https://help.yahoo.com/kb/SLN28338.html: what follows a hyphen
  ['yahoo.com', yahoo],
  ['ymail.com', { ...yahoo, domain: 'ymail.com' }],
])

/** The domain of an address, in lower case. */
export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase()

/**
 * The mailbox behind an address: two spellings that lead to one are the same here. What is known of no provider is left
 * alone, but for case.
 */
export function mailboxOf(address: string): string {
  const domain = domainOf(address)
  const local = address.slice(0, address.lastIndexOf('@')).toLowerCase()
  const rule = rules.get(domain)
  if (rule === undefined) return `${local}@${domain}`
  const [untagged = local] = local.split(rule.tag)
  const plain = rule.ignoresDots ? untagged.replaceAll('.', '') : untagged
  // An address that is nothing but a tag is one of its own.
  return `${plain === '' ? local : plain}@${rule.domain}`
}
