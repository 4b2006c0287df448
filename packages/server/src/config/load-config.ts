import type { GatewayConfig, ProviderConfig } from '@speka/core'
import type { ConfigFile } from './config-schema.ts'
import { ConfigError, pathText, readConfigFile, type ConfigFileRead } from './read-config-file.ts'
import type { Settings } from './settings.ts'

/** Everything the server runs by, from file and environment together. */
export interface Config {
  /** What the engine needs. */
  readonly gateway: GatewayConfig
  /** Keys given by configuration. */
  readonly keys: readonly { readonly name: string; readonly key: string }[]
  readonly durability: 'strict' | 'relaxed'
  /** How long to go on accepting after a stop was asked for, and then to wait for what is under way; in ms. */
  readonly shutdown: { readonly delayMs: number; readonly timeoutMs: number }
  /** Things the operator should know that are not errors. */
  readonly warnings: readonly string[]
}

const nothing: ConfigFileRead = { file: {}, missingVariables: [], lineOf: () => 'the environment' }

/**
 * Loads the configuration.
 *
 * @throws ConfigError with every problem, when the file cannot be used.
 */
export function loadConfig(settings: Settings): Config {
  const read = settings.configFile === undefined ? nothing : readConfigFile(settings.configFile, settings.variables)
  const { file, missingVariables } = read
  const problems = [...unknownProviders(read), ...loops(read, settings)]
  if (problems.length > 0) throw new ConfigError(problems)
  const gateway: GatewayConfig = {
    providers: { ...undeclared(settings.detectedProviders, file), ...providersOf(file) },
    models: file.models,
    aliases: file.aliases,
    routing: file.routing === undefined ? undefined : routingOf(file.routing),
    timeouts: file.timeouts,
  }
  return {
    gateway,
    keys: file.keys ?? [],
    durability: file.ledger?.durability ?? 'strict',
    shutdown: { delayMs: file.shutdown?.delay_ms ?? 0, timeoutMs: file.shutdown?.timeout_ms ?? 600_000 },
    warnings: missingVariables.map(
      (name) => `${settings.configFile}: the environment variable ${name} is not set; what needs it is switched off`,
    ),
  }
}

function providersOf({ providers = {} }: ConfigFile): Record<string, ProviderConfig> {
  return Object.fromEntries(
    Object.entries(providers).map(([name, { api_key: apiKey, ...provider }]) => [
      name,
      { ...provider, api_key: Array.isArray(apiKey) ? apiKey[0] : apiKey },
    ]),
  )
}

function routingOf({
  strategy,
  fallbacks,
  context_window_fallbacks,
  content_policy_fallbacks,
  max_attempts,
}: NonNullable<ConfigFile['routing']>): GatewayConfig['routing'] {
  return { strategy, fallbacks, context_window_fallbacks, content_policy_fallbacks, max_attempts }
}

/** A key in the environment switches its provider on unless the file already has one of that type. */
function undeclared(
  detected: Settings['detectedProviders'],
  { providers = {} }: ConfigFile,
): Record<string, ProviderConfig> {
  const declared = new Set([...Object.keys(providers), ...Object.values(providers).map((provider) => provider.type)])
  return Object.fromEntries(Object.entries(detected).filter(([type]) => !declared.has(type)))
}

function unknownProviders({ file, lineOf }: ConfigFileRead): string[] {
  const names = ['sandbox', ...Object.keys(file.providers ?? {})]
  return Object.entries(file.models ?? {}).flatMap(([id, model]) =>
    (model.targets ?? []).flatMap((target, index) => {
      if (names.includes(target.provider)) return []
      const path = ['models', id, 'targets', index, 'provider']
      return [
        `${lineOf(path)} ${pathText(path)}: no provider is called "${target.provider}". There is ${names.join(', ')}`,
      ]
    }),
  )
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]', '0.0.0.0', '[::]'])

/** Providers whose address is this server's own. */
function loops({ file, lineOf }: ConfigFileRead, { host, port }: Settings): string[] {
  return Object.entries(file.providers ?? {}).flatMap(([name, provider]) => {
    const url = URL.parse(provider.base_url ?? '')
    if (url === null || Number(url.port) !== port) return []
    if (url.hostname !== host && !LOOPBACK.has(url.hostname)) return []
    const path = ['providers', name, 'base_url']
    return [
      `${lineOf(path)} ${pathText(path)}: ${provider.base_url} is this gateway itself. Point it at the provider, or start the gateway on another port`,
    ]
  })
}
