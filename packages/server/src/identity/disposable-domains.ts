import { domainOf } from './mailbox.ts'

/**
 * Domains whose mailboxes are anybody's for some minutes: what their own pages offer, as each has stood there. A small list of those that
 * are met often, and no more than that; `sign_up: invited` is for whoever wants to be sure.
 *
 * Each row: a service by its page, and the domains that it hands addresses out under.
 */
const services: Readonly<Record<string, readonly string[]>> = {
  'https://www.mailinator.com': ['mailinator.com', 'mailinator.net', 'mailinator.org'],
  'https://www.guerrillamail.com': [
    'guerrillamail.com',
    'guerrillamail.net',
    'guerrillamail.org',
    'guerrillamail.biz',
    'guerrillamail.de',
    'guerrillamailblock.com',
    'grr.la',
    'sharklasers.com',
    'pokemail.net',
    'spam4.me',
  ],
  'https://10minutemail.com': ['10minutemail.com'],
  'https://temp-mail.org': ['temp-mail.org', 'tempmail.com'],
  'https://yopmail.com': ['yopmail.com', 'yopmail.fr', 'yopmail.net', 'cool.fr.nf', 'jetable.fr.nf'],
  'https://www.throwawaymail.com': ['throwawaymail.com'],
  'https://maildrop.cc': ['maildrop.cc'],
  'https://getnada.com': ['getnada.com', 'nada.email'],
  'https://www.dispostable.com': ['dispostable.com'],
  'https://www.trash-mail.com': ['trash-mail.com', 'trashmail.com', 'trashmail.de', 'trashmail.net'],
  'https://www.mohmal.com': ['mohmal.com'],
  'https://www.fakeinbox.com': ['fakeinbox.com'],
  'https://discard.email': ['discard.email', 'discardmail.com', 'discardmail.de'],
  'https://www.mailnesia.com': ['mailnesia.com'],
  'https://mailcatch.com': ['mailcatch.com'],
  'https://www.moakt.com': ['moakt.com', 'tmpmail.org', 'tmpmail.net'],
  'https://www.emailondeck.com': ['emailondeck.com'],
  'https://spamgourmet.com': ['spamgourmet.com'],
  'https://www.fakemail.net': ['fakemail.net'],
  'https://www.minutebox.com': ['minutebox.com'],
}

const domains: ReadonlySet<string> = new Set(Object.values(services).flat())

/** The domain of an address where it is one of the list, or below one; `undefined`: it is none. */
export function disposableDomain(address: string): string | undefined {
  const labels = domainOf(address).split('.')
  return labels.map((_, at) => labels.slice(at).join('.')).find((domain) => domains.has(domain))
}
