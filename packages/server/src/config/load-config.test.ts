import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseUsd, type ConfiguredEngine } from '@speka/core'
import { createEngine } from '@speka/core/internal'
import { realClock } from '@speka/core/node'
import { loadConfig, type Config } from './load-config.ts'
import { readSettings, type SettingFlags, type Variables } from './settings.ts'

const KEY = 'q83vEjRWeJqrze8BI0VniavN7wEjRWeJq83vASNFZ4k='
const KEY_BYTES = Buffer.from(KEY, 'base64')

const folder = mkdtempSync(join(tmpdir(), 'speka-config-'))
const file = join(folder, 'speka.yaml')
afterAll(() => rmSync(folder, { recursive: true }))

function load(text: string, variables: Variables = {}, flags: SettingFlags = {}): Config {
  writeFileSync(file, text)
  return loadConfig(readSettings(variables, { config: file, ...flags }))
}

const nothing = { send: () => ({ pause() {}, resume() {}, abort() {} }) }

const engineOf = (config: Config): ConfiguredEngine =>
  createEngine({ config: config.gateway, transport: nothing, clock: realClock, random: () => 0, instanceId: 'test' })

/** Everything the documentation shows that is available already. */
const example = `
providers:
  local:   { type: openai-compatible, base_url: http://127.0.0.1:9100/v1, api_key: sk-upstream }
  nvidia:  { type: nvidia, api_key: "\${NVIDIA_API_KEY}" }
models:
  acme/fast:
    targets: [ { provider: local, model: mock-small }, { provider: nvidia, model: meta/llama-3.1-8b-instruct } ]
    price:   { input: "0.20", output: "0.20", cached_input: "0.05" }
    context_window: 128000
  "mock*":   { targets: [ { provider: local } ], price: { input: "1", output: "2" } }
aliases:   { fast: acme/fast }
routing:
  strategy: ordered
  fallbacks:                { acme/fast: [meta/llama-3.3-70b-instruct] }
  context_window_fallbacks: {}
  content_policy_fallbacks: {}
  max_attempts: 4
timeouts:  { connect_ms: 3000, first_token_ms: 30000, idle_ms: 30000, total_ms: 600000 }
keys:
  - { name: bench, key: sk-speka-live-0123456789, plan: none }
ledger:    { durability: strict }
`

describe('the configuration of the documentation', () => {
  test('loads, and routes as it says', () => {
    const config = load(example, { NVIDIA_API_KEY: 'nvapi-1' })
    expect(config.warnings).toEqual([])
    expect(config.durability).toBe('strict')
    expect(config.keys).toEqual([{ name: 'bench', key: 'sk-speka-live-0123456789', plan: 'none' }])
    const { table } = engineOf(config)
    const targets = table.find('fast')?.targets
    expect(targets?.map(({ provider, upstreamModel }) => `${provider}: ${upstreamModel}`)).toEqual([
      'local: mock-small',
      'nvidia: meta/llama-3.1-8b-instruct',
    ])
    expect(table.find('mock-7')?.targets).toMatchObject([{ provider: 'local', upstreamModel: 'mock-7' }])
  })

  test('reaches the engine whole', () => {
    const { gateway } = load(example, { NVIDIA_API_KEY: 'nvapi-1' })
    expect(gateway.models?.['acme/fast']).toMatchObject({
      price: { input: '0.20', output: '0.20', cached_input: '0.05' },
      context_window: 128_000,
    })
    expect(gateway.aliases).toEqual({ fast: 'acme/fast' })
    expect(gateway.routing).toMatchObject({
      fallbacks: { 'acme/fast': ['meta/llama-3.3-70b-instruct'] },
      max_attempts: 4,
    })
    expect(gateway.timeouts).toEqual({ connect_ms: 3000, first_token_ms: 30_000, idle_ms: 30_000, total_ms: 600_000 })
  })

  test('goes without the provider whose variable is not set, and says so', () => {
    const config = load(example)
    expect(config.warnings).toEqual([
      `${file}:4 providers.nvidia.api_key: the environment variable NVIDIA_API_KEY is not set, so this provider is switched off`,
    ])
    const { table } = engineOf(config)
    expect(table.find('acme/fast')?.targets.map(({ provider }) => provider)).toEqual(['local'])
    expect(table.find('meta/llama-3.3-70b-instruct')?.targets).toEqual([])
  })
})

test.each([
  { what: 'key', provider: '{ type: openai-compatible, base_url: "http://h/v1", api_key: "${UNSET}" }' },
  { what: 'address', provider: '{ type: openai-compatible, base_url: "${UNSET}" }' },
])('a provider of the operator’s own is switched off too when its $what is not set', ({ provider }) => {
  const config = load(`providers:\n  own: ${provider}\nmodels:\n  a: { targets: [{ provider: own }] }\n`)
  expect(config.warnings).toEqual([expect.stringContaining('UNSET')])
  expect(config.gateway.providers).toEqual({})
  expect(engineOf(config).table.find('a')?.targets).toEqual([])
})

test('a provider of several keys goes on with those that are set, and says which is left out', () => {
  const provider = '{ type: openai-compatible, base_url: "http://h/v1", api_key: ["${UNSET}", "${SET}"] }'
  const text = `providers:\n  own: ${provider}\nmodels:\n  a: { targets: [{ provider: own }] }\n`
  const config = load(text, { SET: 'k' })
  expect(config.warnings).toEqual([expect.stringMatching(/UNSET is not set, so this key is left out/)])
  expect(config.gateway.providers).toMatchObject({ own: { api_key: ['k'] } })
  expect(engineOf(config).table.find('a')?.targets).toMatchObject([{ provider: 'own' }])
})

test('a key that lacks its address is told of, unless the file has a provider that it is for', () => {
  const variables = { AWS_BEARER_TOKEN_BEDROCK: 'k' }
  expect(load('', variables).warnings).toEqual([expect.stringContaining('AWS_BEARER_TOKEN_BEDROCK is set')])
  const text = 'providers: { mine: { type: bedrock, region: us-east-1, api_key: "${AWS_BEARER_TOKEN_BEDROCK}" } }'
  expect(load(text, variables).warnings).toEqual([])
})

test('a provider is switched off when none of its several keys is set', () => {
  const config = load('providers:\n  own: { type: openai, api_key: ["${UNSET}", "${NEITHER}"] }\n')
  expect(config.warnings).toEqual([
    expect.stringMatching(/UNSET is not set, so this provider is switched off/),
    expect.stringMatching(/NEITHER is not set, so this provider is switched off/),
  ])
  expect(config.gateway.providers).toEqual({})
})

test('an unset variable hides no other mistake of its provider', () => {
  const wrong = 'providers:\n  own: { type: nope, api_key: "${UNSET}" }\n'
  expect(() => load(wrong)).toThrow(`${file}:2 providers.own.type: must be one of`)
})

test('a target names a provider there is', () => {
  expect(() => load('models:\n  a:\n    targets:\n      - provider: nobody\n')).toThrow(
    `${file}:4 models.a.targets[0].provider: no provider is called "nobody". There is sandbox`,
  )
  const text = `providers: { own: { type: openai, api_key: k } }\nmodels: { a: { targets: [{ provider: nobody }] } }`
  expect(() => load(text, { MISTRAL_API_KEY: 'k' })).toThrow('There is sandbox, own, mistral')
})

test('a target may name a provider that the environment switches on', () => {
  const text = 'models:\n  a: { targets: [{ provider: mistral }] }\n'
  const config = load(text, { MISTRAL_API_KEY: 'k' })
  expect(engineOf(config).table.find('a')?.targets).toMatchObject([{ provider: 'mistral' }])
})

const own = (url: string): string => `providers:\n  me: { type: speka, base_url: "${url}", api_key: k }\n`

describe('a provider that is this gateway itself', () => {
  test.each(['http://127.0.0.1:9000/v1', 'http://localhost:9000/v1', 'http://[::1]:9000/v1', 'http://0.0.0.0:9000'])(
    'is refused: %s',
    (url) => {
      expect(() => load(own(url), {}, { port: '9000' })).toThrow(
        `${file}:2 providers.me.base_url: ${url} is this gateway itself.`,
      )
    },
  )

  test.each(['http://127.0.0.1:9000/v1', 'http://[::]:9000/v1', 'http://10.0.0.1:9000/v1'])(
    'is refused wherever the gateway listens: %s',
    (url) => {
      expect(() => load(own(url), {}, { port: '9000', host: '10.0.0.1' })).toThrow('is this gateway itself')
    },
  )

  test('is refused in both places at once', () => {
    const url = 'http://127.0.0.1:9000/v1'
    const text = `providers: { me: { type: openai-compatible, base_url: "${url}" } }`
    const variables = { SPEKA_UPSTREAM_API_KEY: 'k', SPEKA_UPSTREAM_BASE_URL: url }
    const refusal = (): Config => load(text, variables, { port: '9000' })
    expect(refusal).toThrow(`${file}:1 providers.me.base_url: ${url} is`)
    expect(refusal).toThrow(`SPEKA_UPSTREAM_BASE_URL: ${url} is`)
  })

  test('is refused from the environment too', () => {
    const variables = { SPEKA_UPSTREAM_API_KEY: 'k', SPEKA_UPSTREAM_BASE_URL: 'http://127.0.0.1:9000/v1' }
    expect(() => load('', variables, { port: '9000' })).toThrow('SPEKA_UPSTREAM_BASE_URL: http://127.0.0.1:9000/v1 is')
  })

  test.each([
    { url: 'http://127.0.0.1:9001/v1', port: '9000' },
    { url: 'http://example.com:9000/v1', port: '9000' },
    { url: 'http://127.0.0.1/v1', port: '0' },
  ])('is not taken for $url on port $port', ({ url, port }) => {
    expect(() => load(own(url), {}, { port })).not.toThrow()
  })

  test('is found behind the port that its scheme implies', () => {
    expect(() => load(own('http://localhost/v1'), {}, { port: '80' })).toThrow('is this gateway itself')
    expect(() => load(own('https://localhost/v1'), {}, { port: '443' })).toThrow('is this gateway itself')
    expect(() => load(own('https://localhost/v1'), {}, { port: '80' })).not.toThrow()
    expect(() => load(own('http://localhost/v1'), {}, { port: '443' })).not.toThrow()
  })
})

describe('a key in the environment', () => {
  test('gives way to a provider of its type in the file', () => {
    const text = 'providers:\n  mine: { type: nvidia, api_key: from-file }\n'
    expect(load(text, { NVIDIA_API_KEY: 'from-environment' }).gateway.providers).toEqual({
      mine: { type: 'nvidia', api_key: 'from-file' },
    })
  })

  test('gives way to a provider of its name, even one that is switched off', () => {
    const text = 'providers:\n  nvidia: { type: openai-compatible, base_url: "${UNSET}" }\n'
    expect(load(text, { NVIDIA_API_KEY: 'from-environment' }).gateway.providers).toEqual({})
  })

  test('switches its models on', () => {
    const { table } = engineOf(load('', { NVIDIA_API_KEY: 'k' }))
    const callable = table.models.filter(({ targets }) => targets.some(({ provider }) => provider === 'nvidia'))
    expect(callable.length).toBeGreaterThanOrEqual(10)
  })
})

test('without a file the defaults hold', () => {
  const config = loadConfig(readSettings({}))
  expect(config).toMatchObject({
    keys: [],
    durability: 'strict',
    shutdown: { delayMs: 0, timeoutMs: 600_000 },
    sharesHealth: true,
    warnings: [],
  })
})

describe('the rest of the file', () => {
  test('is what the server runs by', () => {
    const config = load(`
messages: { billing_note: keep }
ledger: { durability: relaxed }
shutdown: { delay_ms: 5, timeout_ms: 7 }
replicas: { share_health: false }
accounts: { default: { plan: pro }, acme: { plan: none } }
limits: [{ subject: { each: key }, rpm: 5 }]
plans: { tiny: { price_usd: "1.5", included_usd: "2", overage: bill } }
`)
    expect(config).toMatchObject({
      durability: 'relaxed',
      shutdown: { delayMs: 5, timeoutMs: 7 },
      sharesHealth: false,
      limits: [{ subject: { each: 'key' }, rpm: 5 }],
      keys: [],
    })
    expect(config.gateway.messages).toEqual({ billing_note: 'keep' })
    expect([...config.planOf]).toEqual([
      ['default', 'pro'],
      ['acme', 'none'],
    ])
    expect(config.plans.get('tiny')).toEqual({
      id: 'tiny',
      monthlyPrice: parseUsd('1.5'),
      includedUsage: parseUsd('2'),
      overage: 'bill',
    })
  })

  test.each([
    ['', { admitMs: 60_000, spool: { maxRows: 100_000, maxMs: 120_000 } }],
    ['outage: { admit_s: 0, spool: off }', { admitMs: 0, spool: undefined }],
    ['outage: { spool: { max_rows: 7 } }', { admitMs: 60_000, spool: { maxRows: 7, maxMs: 120_000 } }],
    ['outage: { spool: { max_minutes: 0.5 } }', { admitMs: 60_000, spool: { maxRows: 100_000, maxMs: 30_000 } }],
  ])('says for how long to go on without a database: %j', (text, outage) => {
    expect(load(text).outage).toEqual(outage)
  })

  test.each([
    ['', undefined],
    ['idempotency: {}', 86_400_000],
    ['idempotency: { ttl_s: 5 }', 5000],
  ])('says for how long an answer is given again: %j', (text, repeatMs) => {
    expect(load(text).repeatMs).toBe(repeatMs)
  })

  test.each([
    ['', undefined],
    ['responses: {}', undefined],
    [`responses: { keep: { encryption_key: ${KEY} } }`, { keepMs: 30 * 86_400_000, encryptionKeys: [KEY_BYTES] }],
    [
      `responses: { keep: { days: 1, encryption_key: [${KEY}, ${KEY}] } }`,
      { keepMs: 86_400_000, encryptionKeys: [KEY_BYTES, KEY_BYTES] },
    ],
  ])('says for how long responses are kept, and by what key: %j', (text, kept) => {
    expect(load(text).keptResponses).toEqual(kept)
  })

  test('says what the operator is told of, and of which webhook nobody can tell who has sent to it', () => {
    const usual = { spend_of_limit: [50, 80, 100], provider_key_refused: true, target_down: true, payment_failed: true }
    expect(load('').alerts).toEqual([{ when: usual }])
    const { alerts, warnings } = load(`alerts:
  - { webhook: "https://a.example/hook", when: { target_down: true } }
  - { webhook: "https://b.example/hook", secret: "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", when: { target_down: true } }
  - { when: { target_down: true } }
`)
    expect(alerts.map(({ webhook }) => webhook)).toEqual([
      'https://a.example/hook',
      'https://b.example/hook',
      undefined,
    ])
    expect(warnings).toEqual([
      `${file}:2 alerts[0].webhook: what is sent to it is not signed, since it has no secret beside it`,
    ])
  })
})

describe('the key of a provider', () => {
  const spelled = 'providers: { a: { type: openai, api_key: ["${A}", "\\tsk-b\\n"] } }'

  test.each(['sk-a\n', '\r\nsk-a', ' sk-a\r\n', '\u00a0sk-a\ufeff'])('loses the white space around it: %j', (A) => {
    const { gateway } = load(spelled, { A, OPENAI_API_KEY: '' })
    expect(gateway.providers?.['a']?.api_key).toEqual(['sk-a', 'sk-b'])
    const detected = load('', { MISTRAL_API_KEY: A }).gateway.providers
    expect(detected?.['mistral']?.api_key).toBe('sk-a')
  })

  test.each(['sk-canary\nsk-other', 'sk-canary\tx', 'sk-canäry', 'sk-\u0000canary'])(
    'is refused at the start with anything inside that no header takes, and is not shown: %j',
    (A) => {
      const refusal = (): Config => load(spelled, { A })
      expect(refusal).toThrow(/speka\.yaml:1 providers\.a\.api_key.*header/)
      expect(refusal).not.toThrow(/canary|can\u00e4ry/)
      const byVariable = (): ConfiguredEngine => engineOf(load('', { MISTRAL_API_KEY: A }))
      expect(byVariable).toThrow(/^providers\.mistral\.api_key has a line break/)
      expect(byVariable).not.toThrow(/canary/)
    },
  )
})

test.each([
  'https://app.example.com',
  'http://localhost:3000',
  'app://obsidian.md',
  'capacitor://localhost',
  'ionic://localhost',
  'tauri://localhost',
  'chrome-extension://abcdefghijklmnop',
  'vscode-webview://1a2b3c',
])('%s may be an origin that calls', (origin) => {
  expect(load(`cors: { allow_origins: ["${origin}"] }`).corsOrigins).toEqual([origin])
})

test.each([
  'app.example.com',
  'https://app.example.com/',
  'https://app.example.com/x',
  'https://u:p@app.example.com',
  'app://obsidian.md/',
  'app://',
  'APP://obsidian.md',
  'app://a b',
  'file://host',
  'null',
  'data:text/html',
  'app://*',
])('%s may not', (origin) => {
  expect(() => load(`cors: { allow_origins: ["${origin}"] }`)).toThrow('must be "*" or an origin')
})

describe('plans and limits', () => {
  const mine = 'keys:\n  - { name: a, key: 0123456789abcdef }\n  - { name: b, key: 0123456789abcdeg }\n'

  test('a plan of the file replaces the one of its name that ships, and stands beside the others', () => {
    const { plans } = load(
      'plans:\n  free: { price_usd: "0", included_usd: "2", rpm: 5, keys: 2, overage: stop }\n  tiny: { price_usd: "1", included_usd: "1", overage: bill, features: [sso] }\n',
    )
    expect([...plans.keys()]).toEqual(['free', 'starter', 'pro', 'scale', 'tiny'])
    expect(plans.get('free')).toMatchObject({ requestsPerMinute: 5, keys: 2, overage: 'stop' })
    expect(plans.get('tiny')).toMatchObject({ keys: undefined, features: ['sso'] })
  })

  test.each([
    [
      'accounts: { default: { plan: gold } }\n',
      ':1 accounts.default.plan: no plan is called "gold". There is none, free',
    ],
    [
      `accounts: { default: { plan: free } }\n${mine}`,
      ':4 keys[1]: is one key too many: plan free of the account default',
    ],
    [
      'keys: [{ name: a, key: 0123456789abcdef, plan: pro }]\n',
      ':1 keys[0].plan: must be that of the account default, none',
    ],
    [
      'limits:\n  - { subject: { each: key }, rpm: 1 }\n  - { subject: { each: key }, rpm: 2 }\n',
      ':3 limits[1]: counts the same',
    ],
    ['limits: [{ subject: { each: key }, usd: "5", on_reached: fallback }]\n', ':1 limits[0].fallback: is missing'],
    ['limits: [{ subject: { each: key }, usd: "5", rpm: 5 }]\n', ':1 limits[0].rpm: cannot stand beside usd'],
    ['limits: [{ subject: { each: key } }]\n', ':1 limits[0].usd: is missing: say one of usd, rpm'],
    ['limits: [{ subject: { each: key }, usd: "-5" }]\n', ':1 limits[0].usd: must be a decimal string of US dollars'],
  ])('%j is refused in one line', (text, says) => {
    expect(() => load(text)).toThrow(`${file}${says}`)
  })

  test('keys of the file may be on the plan of the account default', () => {
    expect(
      load(`accounts: { default: { plan: starter } }\n${mine.replaceAll(' }', ', plan: starter }')}`).keys,
    ).toHaveLength(2)
  })
})

describe('the catalog', () => {
  test('offers the models of the providers that are named, and of no others', () => {
    const { table } = engineOf(load('catalog: [groq]', { GROQ_API_KEY: 'gsk-1', XAI_API_KEY: 'xai-1' }))
    expect(table.find('groq/openai/gpt-oss-120b')?.targets.map(({ provider }) => provider)).toEqual(['groq'])
    expect(table.find('xai/grok-4.3')).toBeUndefined()
  })

  test('offers nothing unasked', () => {
    const { table } = engineOf(load('', { GROQ_API_KEY: 'gsk-1' }))
    expect(table.find('groq/openai/gpt-oss-120b')).toBeUndefined()
  })

  test.each([
    ['catalog: [grok]', /speka\.yaml:1 catalog\[0\]: "grok" is not among the providers \(groq\)$/],
    [
      'providers: { local: { type: vllm, base_url: "http://127.0.0.1:8000" } }\ncatalog: [local]',
      /speka\.yaml:2 catalog\[0\]: the catalog has no models of the type vllm, only of openai, /,
    ],
  ])('%s is refused in words', (text, says) => {
    expect(() => load(text, { GROQ_API_KEY: 'gsk-1' })).toThrow(
      expect.objectContaining({ problems: [expect.stringMatching(says)] }),
    )
  })
})
