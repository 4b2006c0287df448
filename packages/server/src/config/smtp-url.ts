import { SettingsError } from './settings-error.ts'

/** By which server mail goes, and from whom. */
export interface SmtpSettings {
  readonly host: string
  readonly port: number
  /** Whether TLS is spoken from the first byte. Else the server is asked for it, and it is taken where it is offered. */
  readonly isSecure: boolean
  readonly user: string | undefined
  readonly password: string | undefined
  /** Whose the mails are; `undefined`: the user's, if that is an address. */
  readonly from: string | undefined
}

const EXAMPLE = 'smtps://user:password@mail.example.com?from=no-reply@example.com'

/** The ports of submission: RFC 6409 and RFC 8314. */
const ports: Readonly<Record<string, number>> = { 'smtp:': 587, 'smtps:': 465 }

/**
 * Reads `SPEKA_SMTP_URL`. Nothing of it is repeated in an error: it holds a password.
 *
 * @throws SettingsError
 */
export function readSmtpUrl(text: string): SmtpSettings {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const usual = url && ports[url.protocol]
  if (url === undefined || usual === undefined || url.hostname === '')
    throw new SettingsError(`SPEKA_SMTP_URL must be an address such as ${EXAMPLE}`)
  for (const name of url.searchParams.keys())
    if (name !== 'from') throw new SettingsError('SPEKA_SMTP_URL takes no other parameter than from.')
  const from = url.searchParams.get('from') ?? undefined
  if (from !== undefined && !isAddress(from))
    throw new SettingsError(
      'The parameter from of SPEKA_SMTP_URL must be an e-mail address, such as no-reply@example.com.',
    )
  const user = decoded(url.username)
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? usual : Number(url.port),
    isSecure: url.protocol === 'smtps:',
    user,
    password: decoded(url.password),
    from: from ?? (user !== undefined && isAddress(user) ? user : undefined),
  }
}

const isAddress = (text: string): boolean => /^[^\s@<>,;:"]+@[^\s@<>,;:"]+$/.test(text)

function decoded(text: string): string | undefined {
  if (text === '') return undefined
  try {
    return decodeURIComponent(text)
  } catch {
    throw new SettingsError('SPEKA_SMTP_URL has a percent sign that encodes nothing. Write %25 for one.')
  }
}
