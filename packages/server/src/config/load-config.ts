import { parseUsd, type GatewayConfig, type ProviderConfig } from '@speka/core'
import { plans as shippedPlans, type Plan } from '@speka/core/internal'
import { twice, type ConfiguredLimit } from '../limits/configured-limits.ts'
import type { SaidAmounts } from '../limits/limit-fields.ts'
import type { Plans } from '../limits/plan-limits.ts'
import type { AlertConfig } from './alert-schema.ts'
import { billingOf, type Billing } from './billing-schema.ts'
import type { ConfigFile } from './config-schema.ts'
import { hideSecrets } from './hide-secrets.ts'
import { identityOf, type Identity } from './identity-schema.ts'
import { ConfigError } from './config-error.ts'
import { isListed, listedTypes, offeredOf } from './open-catalog.ts'
import { pathText, readConfigFile, type ConfigFileRead } from './read-config-file.ts'
import { keptResponsesOf, type KeptResponsesSettings } from './responses-schema.ts'
import type { Settings } from './settings.ts'
import { siteOf, type Site } from './site-schema.ts'

/** Everything the server runs by, from file and environment together. */
export interface Config {
  /** What the engine needs. */
  readonly gateway: GatewayConfig
  /** Keys given by configuration. */
  readonly keys: readonly KeyInFile[]
  /** What accounts may subscribe to: those that ship with Speka, and the file's. */
  readonly plans: Plans
  /** The plans of accounts that the file says. */
  readonly planOf: ReadonlyMap<string, string>
  readonly limits: readonly ConfiguredLimit[]
  /** What invoices are made by; `undefined`: nobody sells, so that there are none to issue. */
  readonly billing: Billing | undefined
  /** By what people and programs are known that have no key of the gateway's. */
  readonly identity: Identity
  /** The console and the pages for visitors. */
  readonly site: Site
  /** When it was read, in ms since the epoch. */
  readonly loadedAt: number
  readonly durability: 'strict' | 'relaxed'
  /** What goes on while a database that replicas share does not answer. */
  readonly outage: Outage
  /** How long to go on accepting after a stop was asked for, and then to wait for what is under way; in ms. */
  readonly shutdown: { readonly delayMs: number; readonly timeoutMs: number }
  /** Whether to tell other replicas which targets fail here, and to heed what they tell. */
  readonly sharesHealth: boolean
  /** For how long an answer is given again to who repeats a request, in ms; `undefined`: it is not. */
  readonly repeatMs: number | undefined
  /** How responses that are made of chat are kept for their callers; `undefined`: they are not. */
  readonly keptResponses: KeptResponsesSettings | undefined
  /** Origins whose pages may call the gateway: exact ones, or `*`. */
  readonly corsOrigins: readonly string[]
  /** What the operator wants to be told of. */
  readonly alerts: readonly AlertConfig[]
  /** Things the operator should know that are not errors. */
  readonly warnings: readonly string[]
}

/** How a gateway goes on without its database. */
export interface Outage {
  /** For how long keys that are known are let in, in ms. */
  readonly admitMs: number
  /** How many records may wait on this machine's disk, and for how long; `undefined`: none. */
  readonly spool: { readonly maxRows: number; readonly maxMs: number } | undefined
}

/** A key as the file has it. */
export interface KeyInFile {
  readonly name: string
  readonly key: string
  readonly limits?: SaidAmounts | undefined
}

const DAY_S = 86_400

/** Without a webhook they are rows to read. What is usual takes reading to know, so that is only looked for where it is wanted. */
const USUAL_ALERTS: readonly AlertConfig[] = [
  { when: { spend_of_limit: [50, 80, 100], provider_key_refused: true, target_down: true, payment_failed: true } },
]

const nothing: ConfigFileRead = { file: {}, unset: [], lineOf: () => 'the environment' }

/**
 * Loads the configuration.
 *
 * @throws ConfigError with every problem, when the file cannot be used.
 */
export function loadConfig(settings: Settings): Config {
  const loadedAt = Date.now()
  const read = settings.configFile === undefined ? nothing : readConfigFile(settings.configFile, settings.variables)
  const { file, unset, lineOf } = read
  const detected = undeclared(settings.detectedProviders, file)
  const plans = plansOf(file)
  const problems = [
    ...unknownProviders(read, detected),
    ...loops(read, detected, settings),
    ...planProblems(read, plans),
    ...limitProblems(read),
    ...catalogProblems(read, detected),
  ]
  const served = siteOf(file.site, settings, (field, problem) =>
    problems.push(`${lineOf(['site', field])} ${pathText(['site', field])}: ${problem}`),
  )
  if (problems.length > 0) throw new ConfigError(problems)
  const off = switchedOff(read)
  const providers = { ...detected, ...without(off, providersOf(file)) }
  const gateway: GatewayConfig = {
    providers,
    models: file.models && modelsWithout(off, file.models),
    offered: offeredOf(file.catalog, providers),
    aliases: file.aliases,
    routing: file.routing,
    timeouts: file.timeouts,
    messages: file.messages,
  }
  return {
    gateway,
    keys: file.keys ?? [],
    plans,
    planOf: new Map(Object.entries(file.accounts ?? {}).map(([account, { plan }]) => [account, plan])),
    limits: file.limits ?? [],
    billing: file.billing && billingOf(file.billing),
    identity: identityOf(file.identity),
    site: served,
    loadedAt,
    durability: file.ledger?.durability ?? 'strict',
    outage: outageOf(file.outage),
    shutdown: { delayMs: file.shutdown?.delay_ms ?? 0, timeoutMs: file.shutdown?.timeout_ms ?? 600_000 },
    sharesHealth: file.replicas?.share_health ?? true,
    repeatMs: file.idempotency && (file.idempotency.ttl_s ?? DAY_S) * 1000,
    keptResponses: keptResponsesOf(file.responses),
    corsOrigins: file.cors?.allow_origins ?? [],
    alerts: file.alerts ?? USUAL_ALERTS,
    warnings: [
      ...Object.values(undeclared(settings.idleKeys, file)),
      ...unset.map(
        ({ path, variable }) =>
          `${lineOf(path)} ${pathText(path)}: the environment variable ${hideSecrets(variable)} is not set, so this ${off.has(String(path[1])) ? 'provider is switched off' : 'key is left out'}`,
      ),
      ...unsignedWebhooks(read),
    ],
  }
}

const ADMIT_S = 60
const SPOOL_ROWS = 100_000
const SPOOL_MINUTES = 2

function outageOf({ admit_s: admitS = ADMIT_S, spool = {} }: NonNullable<ConfigFile['outage']> = {}): Outage {
  const admitMs = admitS * 1000
  if (spool === 'off') return { admitMs, spool: undefined }
  const { max_rows: maxRows = SPOOL_ROWS, max_minutes: minutes = SPOOL_MINUTES } = spool
  return { admitMs, spool: { maxRows, maxMs: minutes * 60_000 } }
}

/** The plans that ship with Speka, each replaced by one of the file of its name, and the file's other ones. */
function plansOf({ plans = {} }: ConfigFile): Plans {
  const own = Object.entries(plans).map(([id, said]): [string, Plan] => {
    const { price_usd: price, included_usd: included, rpm, keys, overage, features } = said
    const money = { monthlyPrice: parseUsd(price), includedUsage: parseUsd(included) }
    return [id, { id, ...money, requestsPerMinute: rpm, keys, overage, features }]
  })
  return new Map([...shippedPlans.map((plan): [string, Plan] => [plan.id, plan]), ...own])
}

/** Plans that there are not, and more keys than a plan allows. Keys of the file belong to the account `default`. */
function planProblems({ file, lineOf }: ConfigFileRead, plans: Plans): string[] {
  const at = (path: readonly PropertyKey[], what: string): string => `${lineOf(path)} ${pathText(path)}: ${what}`
  const known = ['none', ...plans.keys()]
  const { accounts = {}, keys = [] } = file
  const unknown = Object.entries(accounts).flatMap(([account, { plan }]) =>
    known.includes(plan)
      ? []
      : [at(['accounts', account, 'plan'], `no plan is called "${hideSecrets(plan)}". There is ${known.join(', ')}`)],
  )
  const own = accounts['default']?.plan ?? 'none'
  const others = keys.flatMap(({ plan = own }, index) =>
    plan === own
      ? []
      : [
          at(
            ['keys', index, 'plan'],
            `must be that of the account default, ${own}, which keys of the configuration belong to. Change accounts.default.plan`,
          ),
        ],
  )
  const most = plans.get(own)?.keys ?? Infinity
  if (keys.length <= most) return [...unknown, ...others]
  const tooMany = at(
    ['keys', most],
    `is one key too many: plan ${own} of the account default has ${most}. Take keys out, or choose a larger plan in accounts.default.plan`,
  )
  return [...unknown, ...others, tooMany]
}

/** Limits that are said twice. */
function limitProblems({ file: { limits = [] }, lineOf }: ConfigFileRead): string[] {
  const same = twice(limits)
  if (same === undefined) return []
  const [first, second] = same
  const path = ['limits', second]
  return [`${lineOf(path)} ${pathText(path)}: counts the same as limits[${first}]. Keep one of them`]
}

/** Whoever knows the address of a webhook without a secret can send it what he likes. */
const unsignedWebhooks = ({ file, lineOf }: ConfigFileRead): string[] =>
  (file.alerts ?? []).flatMap(({ webhook, secret }, index) => {
    const path = ['alerts', index, 'webhook']
    return webhook === undefined || secret !== undefined
      ? []
      : `${lineOf(path)} ${pathText(path)}: what is sent to it is not signed, since it has no secret beside it`
  })

/** Of a list, the keys whose variables are set. */
function providersOf({ providers = {} }: ConfigFile): Record<string, ProviderConfig> {
  return Object.fromEntries(
    Object.entries(providers).map(([name, { api_key: apiKey, ...provider }]) => [
      name,
      { ...provider, api_key: Array.isArray(apiKey) ? apiKey.filter((key) => key !== '') : apiKey },
    ]),
  )
}

/** Providers that wait for a variable: for their address, or for every key they could have. */
function switchedOff({ file, unset }: ConfigFileRead): Set<string> {
  const names = unset.flatMap(({ path: [, name, field] }) => {
    const keys = file.providers?.[String(name)]?.api_key
    const hasAnother = field === 'api_key' && Array.isArray(keys) && keys.some((key) => key !== '')
    return hasAnother ? [] : String(name)
  })
  return new Set(names)
}

/** A key in the environment switches its provider on unless the file already has one of that type. */
function undeclared<Found>(
  detected: Readonly<Record<string, Found>>,
  { providers = {} }: ConfigFile,
): Record<string, Found> {
  const declared = new Set([...Object.keys(providers), ...Object.values(providers).map((provider) => provider.type)])
  return Object.fromEntries(Object.entries(detected).filter(([type]) => !declared.has(type)))
}

const without = <Value>(names: ReadonlySet<string>, all: Readonly<Record<string, Value>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(all).filter(([name]) => !names.has(name)))

/** A model whose only provider is switched off is still known: asking for it says what is missing. */
function modelsWithout(off: ReadonlySet<string>, models: NonNullable<ConfigFile['models']>): ConfigFile['models'] {
  return Object.fromEntries(
    Object.entries(models).map(([id, model]) => [
      id,
      { ...model, targets: model.targets?.filter(({ provider }) => !off.has(provider)) },
    ]),
  )
}

type Providers = Readonly<Record<string, ProviderConfig>>

function unknownProviders({ file, lineOf }: ConfigFileRead, detected: Providers): string[] {
  const names = ['sandbox', ...Object.keys(file.providers ?? {}), ...Object.keys(detected)]
  return Object.entries(file.models ?? {}).flatMap(([id, model]) =>
    (model.targets ?? []).flatMap((target, index) => {
      if (names.includes(target.provider)) return []
      const path = ['models', id, 'targets', index, 'provider']
      return [
        `${lineOf(path)} ${pathText(path)}: no provider is called "${hideSecrets(target.provider)}". There is ${names.join(', ')}`,
      ]
    }),
  )
}

/** Providers of the catalog that there are not, or whose models nobody has listed. */
function catalogProblems({ file, lineOf }: ConfigFileRead, detected: Providers): string[] {
  const known = { ...detected, ...providersOf(file) }
  return (file.catalog ?? []).flatMap((name, index) => {
    const path = ['catalog', index]
    const say = (problem: string): string[] => [`${lineOf(path)} ${pathText(path)}: ${problem}`]
    const type = Object.hasOwn(known, name) ? known[name]?.type : undefined
    if (type === undefined)
      return say(`"${name}" is not among the providers (${Object.keys(known).join(', ') || 'none'})`)
    if (isListed(type)) return []
    return say(`the catalog has no models of the type ${type}, only of ${listedTypes().join(', ')}`)
  })
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]', '0.0.0.0', '[::]'])

/** Providers whose address is this server's own. */
function loops({ file, lineOf }: ConfigFileRead, detected: Providers, settings: Settings): string[] {
  const remedy = 'is this gateway itself. Point it at the provider, or start the gateway on another port'
  const inFile = Object.entries(file.providers ?? {}).flatMap(([name, { base_url: url }]) => {
    const path = ['providers', name, 'base_url']
    return isOwn(url, settings) ? [`${lineOf(path)} ${pathText(path)}: ${hideSecrets(url ?? '')} ${remedy}`] : []
  })
  const upstream = detected['speka']?.base_url
  return isOwn(upstream, settings)
    ? [...inFile, `SPEKA_UPSTREAM_BASE_URL: ${hideSecrets(upstream ?? '')} ${remedy}`]
    : inFile
}

function isOwn(address: string | undefined, { host, port }: Settings): boolean {
  const url = URL.parse(address ?? '')
  if (url === null) return false
  const theirs = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  return theirs === port && (url.hostname === host || LOOPBACK.has(url.hostname))
}
