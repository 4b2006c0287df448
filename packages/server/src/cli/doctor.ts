import { styleText } from 'node:util'
import type { ProviderConfig } from '@speka/core'
import { keyVariablesFor, knownProviders, placeOf, shippedModels, type KnownProvider } from '@speka/core/internal'
import { createUndiciTransport, hasProxyVariables, withIdentities } from '@speka/core/node'
import { loadConfig, type Config } from '../config/load-config.ts'
import { readSettings, type Settings } from '../config/settings.ts'
import { readRedisUrl } from '../redis/address.ts'
import { openRedis, REDIS_ALONE } from '../redis/open-redis.ts'
import { storeOf } from '../store/open-store.ts'
import { text, type Command } from './command.ts'
import { dataOption } from './with-store.ts'

/** One thing looked at. */
interface Finding {
  readonly what: string
  readonly state: 'ok' | 'note' | 'wrong'
  readonly says: string
}

/** How long a provider has to answer, in ms. */
const PATIENCE_MS = 5000

/** `speka doctor`: looks at everything a start needs, and asks each provider whether it takes the key. */
export const doctor: Command = {
  name: 'doctor',
  usage: '[--config FILE] [--data DIR] [--json]',
  summary: 'Check the configuration, the store and the provider keys.',
  options: { ...dataOption, config: { type: 'string' }, json: { type: 'boolean' } },
  async run({ options, variables, terminal }) {
    const findings: Finding[] = [{ what: 'node', state: 'ok', says: process.version }]
    const settings = readSettings(variables, { config: text(options, 'config'), data: text(options, 'data') })
    const config = lookAtConfig(settings, findings)
    findings.push(await lookAtStore(settings))
    if (settings.redisUrl !== undefined) findings.push(...(await lookAtRedis(settings.redisUrl, settings)))
    if (config !== undefined) findings.push(...(await lookAtProviders(config, settings)))
    if (options['json'] === true) terminal.out(JSON.stringify(findings))
    else for (const finding of findings) terminal.out(lineOf(finding, terminal.isTty))
    return findings.some(({ state }) => state === 'wrong') ? 1 : 0
  },
}

function lookAtConfig(settings: Settings, findings: Finding[]): Config | undefined {
  try {
    const config = loadConfig(settings)
    findings.push({ what: 'configuration', state: 'ok', says: settings.configFile ?? 'none; the environment only' })
    findings.push(...config.warnings.map((says) => ({ what: 'configuration', state: 'note', says }) as const))
    return config
  } catch (error) {
    findings.push({ what: 'configuration', state: 'wrong', says: messageOf(error) })
    return undefined
  }
}

async function lookAtStore(settings: Settings): Promise<Finding> {
  try {
    const place = storeOf(settings)
    if (!(await place.exists()))
      return { what: 'store', state: 'note', says: `none at ${place.name}; the first start makes it` }
    const store = await place.open()
    const keys = await store.registry.list('key')
    const standing = await store.replicas?.standing()
    const replicas = (await store.replicas?.list()) ?? []
    await store.close()
    const shared =
      standing === undefined
        ? ''
        : `, ${standing.version}, ${standing.connections} of ${standing.mostConnections} connections, ${replicas.length} replicas`
    return { what: 'store', state: 'ok', says: `${place.name}${shared}, ${keys.length} keys` }
  } catch (error) {
    return { what: 'store', state: 'wrong', says: messageOf(error) }
  }
}

async function lookAtRedis(url: string, { databaseUrl }: Settings): Promise<Finding[]> {
  const what = 'redis'
  if (databaseUrl === undefined) return [{ what, state: 'note', says: REDIS_ALONE }]
  const troubles: string[] = []
  try {
    const link = await openRedis({ address: readRedisUrl(url), onTrouble: (says) => void troubles.push(says) })
    const { name, version } = link
    await link.close()
    if (version === undefined) return troubles.map((says) => ({ what, state: 'wrong', says }))
    return [
      { what, state: 'ok', says: `${name}, ${version}` },
      ...troubles.map((says): Finding => ({ what, state: 'note', says })),
    ]
  } catch (error) {
    return [{ what, state: 'wrong', says: messageOf(error) }]
  }
}

async function lookAtProviders({ gateway }: Config, settings: Settings): Promise<Finding[]> {
  const providers = Object.entries(gateway.providers ?? {})
  if (providers.length === 0) {
    const variables = [...new Set(shippedModels.flatMap(({ id }) => keyVariablesFor(id)))]
    return [{ what: 'providers', state: 'note', says: `none but the sandbox; set ${variables.join(' or ')}` }]
  }
  const { variables } = settings
  const direct = createUndiciTransport({ useProxyVariables: hasProxyVariables(variables) })
  const transport = withIdentities(direct, variables)
  const findings = await Promise.all(providers.map(([name, provider]) => askProvider(name, provider, transport)))
  await transport.close()
  return findings
}

/** Lists the provider's models, which costs nothing and needs the key. */
function askProvider(
  name: string,
  provider: ProviderConfig,
  transport: ReturnType<typeof createUndiciTransport>,
): Promise<Finding> {
  const known: KnownProvider = knownProviders[provider.type]
  const { headers } = known
  const { baseUrl: origin = '', credentialHeader, identity } = placeOf(provider.type, provider)
  const what = `provider ${name}`
  if (
    identity === undefined &&
    known.keyVariable !== undefined &&
    keysOf(provider).length === 0 &&
    provider.base_url === undefined
  ) {
    return Promise.resolve({ what, state: 'note', says: `has no key and is switched off; set ${known.keyVariable}` })
  }
  return new Promise((resolve) => {
    const exchange = transport.send(
      { id: name, origin, credential: keysOf(provider)[0] ?? '', credentialHeader, identity },
      { method: 'GET', path: '/models', headers: { accept: 'application/json', ...headers } },
      {
        head(status) {
          resolve({ what, ...verdict(status), says: `${origin} ${verdict(status).says}` })
          exchange.abort()
        },
        data: () => {},
        end: () => {},
        fail: ({ kind, cause }) =>
          resolve({
            what,
            state: 'wrong',
            says: kind === 'no_credential' ? messageOf(cause) : `${origin} cannot be reached (${kind})`,
          }),
      },
    )
    setTimeout(() => {
      resolve({ what, state: 'wrong', says: `${origin} did not answer within ${PATIENCE_MS / 1000} s` })
      exchange.abort()
    }, PATIENCE_MS).unref()
  })
}

function verdict(status: number): Pick<Finding, 'state' | 'says'> {
  if (status === 401 || status === 403) return { state: 'wrong', says: 'refuses the key' }
  if (status < 300) return { state: 'ok', says: 'takes the key' }
  return { state: 'note', says: `answers with status ${status}` }
}

const marks = { ok: 'ok   ', note: 'note ', wrong: 'WRONG' } as const
const colours = { ok: 'green', note: 'yellow', wrong: 'red' } as const

function lineOf({ what, state, says }: Finding, colour: boolean): string {
  const mark = colour ? styleText(colours[state], marks[state]) : marks[state]
  return `${mark}  ${what.padEnd(16)}  ${says.replaceAll('\n', `\n${' '.repeat(25)}`)}`
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The operator's keys at a provider; empty ones are none. */
const keysOf = ({ api_key: keys = [] }: ProviderConfig): string[] =>
  (typeof keys === 'string' ? [keys] : [...keys]).filter((key) => key !== '')
