import { resolve } from 'node:path'
import { isGuessable } from './guessable.ts'
import { hideSecrets } from './hide-secrets.ts'
import { isHttpUrl, publicOrigin } from './http-url.ts'
import { SettingsError } from './settings-error.ts'
import { readSmtpUrl, type SmtpSettings } from './smtp-url.ts'
import type { ProviderConfig } from '@speka/core'
import { knownProviders, placeOf, type KnownProvider } from '@speka/core/internal'

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
  /** The PostgreSQL database in which everything is kept, with its password; `undefined`: SQLite in the data folder. */
  readonly databaseUrl: string | undefined
  /** The Redis or Valkey that replicas share, with its password; `undefined`: the database does what it would do. */
  readonly redisUrl: string | undefined
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
  /** Why a key in the environment switches nothing on, by the type of provider that it is for. */
  readonly idleKeys: Readonly<Record<string, string>>
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

/**
 * Reads the settings.
 *
 * @throws SettingsError
 */
export function readSettings(variables: Variables, flags: SettingFlags = {}): Settings {
  const logLevel = given(variables['SPEKA_LOG_LEVEL'])
  if (logLevel !== undefined && !LOG_LEVELS.includes(logLevel)) {
    throw new SettingsError(`SPEKA_LOG_LEVEL is "${hideSecrets(logLevel)}". Use one of ${LOG_LEVELS.join(', ')}.`)
  }
  const port = readPort(given(flags.port) ?? given(variables['SPEKA_PORT']) ?? '7735')
  const adminPort = given(flags.adminPort) ?? given(variables['SPEKA_ADMIN_PORT'])
  const { detectedProviders, idleKeys } = detectProviders(variables)
  return {
    host: given(flags.host) ?? given(variables['SPEKA_HOST']) ?? '127.0.0.1',
    port,
    adminHost: given(variables['SPEKA_ADMIN_HOST']) ?? '127.0.0.1',
    adminPort: readPort(adminPort ?? (port === 0 ? '0' : '7736')),
    adminPortGiven: adminPort !== undefined,
    adminToken: readAdminToken(given(variables['SPEKA_ADMIN_TOKEN'])),
    dataDir: resolve(given(flags.data) ?? given(variables['SPEKA_DATA_DIR']) ?? '.speka'),
    databaseUrl: readServiceUrl('SPEKA_DATABASE_URL', given(variables['SPEKA_DATABASE_URL'])),
    redisUrl: readServiceUrl('SPEKA_REDIS_URL', given(variables['SPEKA_REDIS_URL'])),
    configFile: given(flags.config) ?? given(variables['SPEKA_CONFIG']),
    keyPepper: given(variables['SPEKA_KEY_PEPPER']),
    site: readSwitch(given(variables['SPEKA_SITE'])),
    publicUrl: readPublicUrl(given(variables['SPEKA_PUBLIC_URL'])),
    console: flags.console ?? true,
    smtp: readSmtp(given(variables['SPEKA_SMTP_URL'])),
    logLevel,
    detectedProviders,
    idleKeys,
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

/** How the URLs of services begin that replicas share, and what one looks like. */
const serviceUrls = {
  SPEKA_DATABASE_URL: {
    begins: /^postgres(?:ql)?:\/\//,
    what: 'the URL of a PostgreSQL database, such as postgres://speka:secret@db.example.com:5432/speka',
  },
  SPEKA_REDIS_URL: {
    begins: /^rediss?:\/\//,
    what: 'the URL of a Redis or a Valkey, such as redis://:secret@redis.example.com:6379',
  },
} as const

/** Nothing of it is repeated in an error: it holds a password. Whoever connects reads the rest. */
function readServiceUrl(name: keyof typeof serviceUrls, url: string | undefined): string | undefined {
  const { begins, what } = serviceUrls[name]
  if (url === undefined || begins.test(url)) return url
  throw new SettingsError(`${name} must be ${what}.`)
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
function detectProviders(variables: Variables): Pick<Settings, 'detectedProviders' | 'idleKeys'> {
  const detected: Record<string, ProviderConfig> = {}
  const idleKeys: Record<string, string> = {}
  for (const [type, known] of Object.entries(knownProviders) as [keyof typeof knownProviders, KnownProvider][]) {
    const { keyVariable } = known
    const apiKey = keyVariable === undefined ? undefined : given(variables[keyVariable]?.trim())
    if (keyVariable === undefined || apiKey === undefined) continue
    const said = { base_url: readAddress(type, known, variables), ...settingsIn(known, variables) }
    if (placeOf(type, said).baseUrl === undefined)
      idleKeys[type] =
        `${keyVariable} is set, and ${addressVariables(known)} is not: without it there is no address, so this provider is switched off`
    else detected[type] = { type, api_key: apiKey, ...definedIn(said) }
  }
  return { detectedProviders: detected, idleKeys }
}

/** What the environment says of a provider beside its key and its address. */
const settingsIn = ({ settings = {} }: KnownProvider, variables: Variables): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(settings).map(([setting, names]) => [
      setting,
      names.map((name) => given(variables[name])).find((value) => value !== undefined),
    ]),
  )

/** Where a type of provider without an address of its own gets one from. */
const addressVariables = ({ baseUrlVariable, settings = {} }: KnownProvider): string =>
  baseUrlVariable ?? Object.values(settings)[0]?.[0] ?? 'its address'

const definedIn = <Value>(values: Readonly<Record<string, Value | undefined>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, Value] => entry[1] !== undefined))

function readAddress(type: string, { baseUrlVariable: name }: KnownProvider, variables: Variables): string | undefined {
  const url = name === undefined ? undefined : given(variables[name])
  if (name === undefined || url === undefined || isHttpUrl(url)) return url
  const example = type === 'speka' ? 'https://speka.me/v1' : 'https://example.openai.azure.com'
  throw new SettingsError(`${name} is "${hideSecrets(url)}". Use an http or https URL such as ${example}.`)
}

/** A variable set to nothing is not set. */
const given = (value: string | undefined): string | undefined => (value?.trim() === '' ? undefined : value?.trim())
