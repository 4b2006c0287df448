import { resolve } from 'node:path'
import { isGuessable } from './guessable.ts'
import { hideSecrets } from './hide-secrets.ts'
import { isHttpUrl, publicOrigin } from './http-url.ts'
import { SettingsError } from './settings-error.ts'
import { readSmtpUrl, type SmtpSettings } from './smtp-url.ts'
import type { ProviderConfig } from '@speka/core'
import { knownProviders, type KnownProvider } from '@speka/core/internal'

/** What the environment and the command line decide: where the server listens and keeps its data. */
export interface Settings {
  /** @default '127.0.0.1' */
  readonly host: string
  /** @default 7735 */
  readonly port: number
  /** Where the operator's own listener is. @default '127.0.0.1' */
  readonly adminHost: string
  /** @default 7736, or any free one when `port` is 0 */
  readonly adminPort: number
  /** Whether somebody chose `adminPort`: then it has to be that one. */
  readonly adminPortGiven: boolean
  /** `undefined`: one is made and kept beside the store. */
  readonly adminToken: string | undefined
  /** @default './.speka' */
  readonly dataDir: string
  /** The configuration file; `undefined`: none. */
  readonly configFile: string | undefined
  /** Keeps key digests useless without it. `undefined`: one is made and kept beside the store. */
  readonly keyPepper: string | undefined
  /** Whether the pages are served on the gateway's listener; `undefined`: as the configuration says. */
  readonly site: 'on' | 'off' | undefined
  /** Where visitors reach the gateway's listener; `undefined`: as the configuration says. */
  readonly publicUrl: string | undefined
  /** Whether the console is served, on either listener. @default true */
  readonly console: boolean
  /** By which server mail goes; `undefined`: there is none, and codes are in the log. */
  readonly smtp: SmtpSettings | undefined
  /** pino's levels, or `silent`. `undefined`: `warn` on a terminal, `info` elsewhere. */
  readonly logLevel: string | undefined
  /** Providers that a key in the environment switches on. */
  readonly detectedProviders: Readonly<Record<string, ProviderConfig>>
  /** All variables, for `${NAME}` in the configuration file. */
  readonly variables: Variables
}

export type Variables = Readonly<Record<string, string | undefined>>

/** Options of the command line; they go before the environment. */
export interface SettingFlags {
  readonly host?: string | undefined
  readonly port?: string | undefined
  readonly adminPort?: string | undefined
  readonly data?: string | undefined
  readonly config?: string | undefined
  /** @default true */
  readonly console?: boolean | undefined
}

export { SettingsError } from './settings-error.ts'

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/** Variables of features that are still to come: refused, never silently ignored. */
const NOT_YET: Readonly<Record<string, string>> = {
  SPEKA_DATABASE_URL: 'Storing in Postgres',
  SPEKA_REDIS_URL: 'Sharing limits over Redis',
}

/**
 * Reads the settings.
 *
 * @throws SettingsError
 */
export function readSettings(variables: Variables, flags: SettingFlags = {}): Settings {
  for (const [name, feature] of Object.entries(NOT_YET)) {
    if (given(variables[name]))
      throw new SettingsError(`${name} is set, but ${feature.toLowerCase()} is not available yet. Unset it.`)
  }
  const logLevel = given(variables['SPEKA_LOG_LEVEL'])
  if (logLevel !== undefined && !LOG_LEVELS.includes(logLevel)) {
    throw new SettingsError(`SPEKA_LOG_LEVEL is "${hideSecrets(logLevel)}". Use one of ${LOG_LEVELS.join(', ')}.`)
  }
  const port = readPort(given(flags.port) ?? given(variables['SPEKA_PORT']) ?? '7735')
  const adminPort = given(flags.adminPort) ?? given(variables['SPEKA_ADMIN_PORT'])
  return {
    host: given(flags.host) ?? given(variables['SPEKA_HOST']) ?? '127.0.0.1',
    port,
    adminHost: given(variables['SPEKA_ADMIN_HOST']) ?? '127.0.0.1',
    adminPort: readPort(adminPort ?? (port === 0 ? '0' : '7736')),
    adminPortGiven: adminPort !== undefined,
    adminToken: readAdminToken(given(variables['SPEKA_ADMIN_TOKEN'])),
    dataDir: resolve(given(flags.data) ?? given(variables['SPEKA_DATA_DIR']) ?? '.speka'),
    configFile: given(flags.config) ?? given(variables['SPEKA_CONFIG']),
    keyPepper: given(variables['SPEKA_KEY_PEPPER']),
    site: readSwitch(given(variables['SPEKA_SITE'])),
    publicUrl: readPublicUrl(given(variables['SPEKA_PUBLIC_URL'])),
    console: flags.console ?? true,
    smtp: readSmtp(given(variables['SPEKA_SMTP_URL'])),
    logLevel,
    detectedProviders: detectProviders(variables),
    variables,
  }
}

function readSwitch(text: string | undefined): 'on' | 'off' | undefined {
  if (text === undefined || text === 'on' || text === 'off') return text
  throw new SettingsError(`SPEKA_SITE is "${hideSecrets(text)}". Use on or off.`)
}

function readPublicUrl(url: string | undefined): string | undefined {
  if (url === undefined) return undefined
  const origin = publicOrigin(url)
  if (origin !== undefined) return origin
  throw new SettingsError(
    `SPEKA_PUBLIC_URL is "${hideSecrets(url)}". Use the address that visitors see, without a path, such as https://speka.example.com.`,
  )
}

const readSmtp = (url: string | undefined): SmtpSettings | undefined =>
  url === undefined ? undefined : readSmtpUrl(url)

const SHORTEST_TOKEN = 12

/** A token that can be guessed is refused, and not shown. */
function readAdminToken(token: string | undefined): string | undefined {
  if (token === undefined) return undefined
  const remedy = 'Make one with "openssl rand -hex 24", or unset it, and one is made and shown at the start.'
  if (token.length < SHORTEST_TOKEN || /\s/.test(token))
    throw new SettingsError(
      `SPEKA_ADMIN_TOKEN must have at least ${SHORTEST_TOKEN} characters and no spaces. ${remedy}`,
    )
  if (isGuessable(token)) throw new SettingsError(`SPEKA_ADMIN_TOKEN is too easy to guess. ${remedy}`)
  return token
}

function readPort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new SettingsError(`"${hideSecrets(text)}" is not a port. Use a number from 0 to 65535.`)
  return port
}

/** One provider for each key that the environment holds, named after its type. */
function detectProviders(variables: Variables): Record<string, ProviderConfig> {
  const detected: Record<string, ProviderConfig> = {}
  for (const [type, known] of Object.entries(knownProviders) as [keyof typeof knownProviders, KnownProvider][]) {
    const apiKey = known.keyVariable === undefined ? undefined : given(variables[known.keyVariable]?.trim())
    if (apiKey === undefined) continue
    detected[type] = { type, api_key: apiKey, ...(type === 'speka' && { base_url: readUpstreamUrl(variables) }) }
  }
  return detected
}

function readUpstreamUrl(variables: Variables): string | undefined {
  const url = given(variables['SPEKA_UPSTREAM_BASE_URL'])
  if (url === undefined || isHttpUrl(url)) return url
  throw new SettingsError(
    `SPEKA_UPSTREAM_BASE_URL is "${hideSecrets(url)}". Use an http or https URL such as https://speka.me/v1.`,
  )
}

/** A variable set to nothing is not set. */
const given = (value: string | undefined): string | undefined => (value?.trim() === '' ? undefined : value?.trim())
