import { runSpeka, type SpekaEnded } from './run-speka.ts'
import { startScriptedUpstream, type Script, type ScriptedUpstream } from './scripted-upstream.ts'
import { spawnGateway, type Gateway, type SpawnOptions } from './spawn-gateway.ts'

/** An answer of the gateway, as far as limits show in it. */
export interface Told {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly error: ToldError | undefined
}

export interface ToldError {
  readonly code: string
  readonly message: string
  readonly limit?: {
    readonly subject: string
    readonly kind: string
    readonly window: string
    readonly limit: string
    readonly spent: string
    readonly held: string
    readonly resets_at: string | null
  }
}

/** A limit as `GET /v1/key` shows it. */
export interface ShownLimit {
  readonly kind: string
  readonly limit: string
  readonly spent: string
  readonly held: string
}

/** A gateway in a process of its own, whose keys are limited by the command line, before an upstream that says what it is told. */
export interface LimitedServer {
  readonly gateway: Gateway
  readonly upstream: ScriptedUpstream
  /** A command of `speka` beside the running gateway. */
  speka(command: string | readonly string[]): Promise<SpekaEnded>
  /** A new key with such options. */
  key(options: string): Promise<{ readonly id: string; readonly key: string }>
  /** One request on a connection of its own. Default model: `m/hello`, one dollar and two the million tokens. */
  chat(key: string, changes?: Readonly<Record<string, unknown>>, signal?: AbortSignal): Promise<Told>
  /** The limits of a key, as it is told them. */
  limits(key: string): Promise<readonly ShownLimit[]>
  close(): Promise<void>
}

/** @param config added to what a `speka.yaml` would hold. */
export async function startLimitedServer(
  config: object = {},
  options: SpawnOptions = {},
  script?: Script,
): Promise<LimitedServer> {
  const upstream = await startScriptedUpstream(script)
  const gateway = await spawnGateway(
    {
      providers: { scripted: { type: 'openai-compatible', base_url: upstream.baseURL, api_key: 'k' } },
      models: { 'm/*': { targets: [{ provider: 'scripted' }], price: { input: '1', output: '2' } } },
      ...config,
    },
    options,
  ).catch(async (error: unknown) => {
    await upstream.close()
    throw error
  })
  const speka: LimitedServer['speka'] = (command) =>
    runSpeka(command, { SPEKA_DATA_DIR: gateway.data, SPEKA_CONFIG: gateway.configFile })
  let keys = 0
  return {
    gateway,
    upstream,
    speka,
    async key(options) {
      const made = await speka(`keys create --name key-${(keys += 1)} ${options} --json`.replaceAll(/ +/g, ' '))
      if (made.code !== 0) throw new Error(`keys create ${options} ends with ${made.code}: ${made.error}`)
      return JSON.parse(made.out) as { id: string; key: string }
    },
    async chat(key, changes = {}, signal) {
      const response = await fetch(`${gateway.baseURL}/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', connection: 'close' },
        body: JSON.stringify({ model: 'm/hello', messages: [{ role: 'user', content: 'Hello!' }], ...changes }),
        ...(signal !== undefined && { signal }),
      })
      const text = await response.text()
      return { status: response.status, headers: response.headers, text, error: errorIn(text) }
    },
    async limits(key) {
      const response = await fetch(`${gateway.baseURL}/key`, {
        headers: { authorization: `Bearer ${key}`, connection: 'close' },
      })
      return ((await response.json()) as { limits: readonly ShownLimit[] }).limits
    },
    async close() {
      await gateway.close().finally(() => upstream.close())
    },
  }
}

function errorIn(text: string): ToldError | undefined {
  try {
    return (JSON.parse(text) as { error?: ToldError }).error
  } catch {
    return undefined
  }
}
