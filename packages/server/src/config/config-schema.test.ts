import { configSchema } from './config-schema.ts'

const ENCRYPTION_KEY = 'q83vEjRWeJqrze8BI0VniavN7wEjRWeJq83vASNFZ4k='

const problemsOf = (file: unknown): string[] =>
  configSchema.safeParse(file).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? []
const isTaken = (file: unknown): boolean => configSchema.safeParse(file).success

const tiny = { price_usd: '0', included_usd: '1', rpm: 10, keys: 2, overage: 'stop', features: ['sso'] }

/** Every object of the file with all the fields it may have. */
const whole = {
  providers: {
    p: { type: 'openai-compatible', base_url: 'http://127.0.0.1:8000/v1', api_key: ['k', 'l'] },
    o: { type: 'openai', api_key: 'k' },
    a: {
      type: 'azure',
      base_url: 'https://acme.openai.azure.com',
      api_version: '2024-10-21',
      identity: { tenant_id: 't', client_id: 'c', client_secret: 's' },
    },
    b: {
      type: 'bedrock',
      region: 'us-east-1',
      identity: { access_key_id: 'i', secret_access_key: 's', session_token: 't' },
    },
    v: { type: 'vertex', project: 'acme', location: 'global', identity: { credentials_file: '/run/google.json' } },
  },
  models: {
    m: {
      targets: [{ provider: 'p', model: 'n', cost: { input: '1' } }],
      price: { input: '0.20', cached_input: '0.000001', output: '1', image: '0.000000000001' },
      context_window: 1,
      endpoints: ['chat', 'embeddings', 'images'],
    },
    r: {
      price: [
        { input: '1', output: '2', service_tier: 'flex', above_input_tokens: 200_000, from: '2027-01-01' },
        { input: '1', output: '2', batch: true },
        { input: '1', output: '2', cached_input: '0.1' },
      ],
    },
  },
  catalog: ['o'],
  aliases: { a: 'm' },
  routing: {
    strategy: 'ordered',
    fallbacks: { m: ['n'] },
    max_price_ratio: 1.5,
    context_window_fallbacks: { m: ['n'] },
    content_policy_fallbacks: { m: ['n'] },
    max_attempts: 1,
    weights: { m: { p: 1 } },
    sticky: { by: 'session_id', ttl_s: 1 },
    hedge: { m: { after_ms: 1 } },
    rules: [
      {
        when: { tag: 'a', key: ['b'], model: 'm', metadata: { c: 1, d: ['e', true] }, param: { n: 2 } },
        use: { strategy: 'price', order: ['p'], only: ['p'], ignore: ['o'] },
      },
    ],
  },
  timeouts: { connect_ms: 1, first_token_ms: 1, idle_ms: 1, total_ms: 1 },
  messages: { billing_note: 'remove', server_tools: 'refuse' },
  keys: [{ name: 'k', key: 'x'.repeat(16), plan: 'none', limits: { usd: '5', window: 'month', rpm: 60 } }],
  plans: { tiny },
  accounts: { default: { plan: 'none' } },
  limits: [{ subject: { each: 'customer' }, account: 'default', usd: '5', window: 'month', on_reached: 'stop' }],
  ledger: { durability: 'strict' },
  outage: { admit_s: 60, spool: { max_rows: 1, max_minutes: 2 } },
  shutdown: { delay_ms: 0, timeout_ms: 1 },
  replicas: { share_health: true },
  idempotency: { ttl_s: 1 },
  responses: { keep: { days: 30, encryption_key: ENCRYPTION_KEY } },
  cors: { allow_origins: ['*', 'https://app.example.com'] },
}

/** The same file with `value` at a path, or without what is there. */
function changed(path: string, value?: unknown): unknown {
  const file = structuredClone(whole) as unknown
  const names = path.split('.')
  const last = names.pop() ?? ''
  const at = names.reduce((node, name) => (node as Record<string, unknown>)[name], file) as Record<string, unknown>
  if (value === undefined) delete at[last]
  else at[last] = value
  return file
}

/** Paths to every object that has fields of the format's own, not names of the operator's. */
const objects = [
  'providers.p',
  'providers.a',
  'providers.a.identity',
  'providers.b',
  'providers.b.identity',
  'providers.v',
  'providers.v.identity',
  'models.m',
  'models.m.targets.0',
  'models.m.targets.0.cost',
  'models.m.price',
  'models.r.price.0',
  'routing',
  'routing.sticky',
  'routing.hedge.m',
  'routing.rules.0',
  'routing.rules.0.when',
  'routing.rules.0.use',
  'timeouts',
  'messages',
  'keys.0',
  'keys.0.limits',
  'plans.tiny',
  'accounts.default',
  'limits.0',
  'ledger',
  'outage',
  'outage.spool',
  'shutdown',
  'replicas',
  'idempotency',
  'responses',
  'responses.keep',
  'cors',
]

const required = new Set([
  'responses.keep.encryption_key',
  'providers.p.type',
  'providers.p.base_url',
  'providers.a.type',
  'providers.a.base_url',
  'providers.b.type',
  'providers.b.region',
  'providers.v.type',
  'providers.v.project',
  'models.m.targets.0.provider',
  'models.r.price.0.input',
  'models.r.price.0.output',
  'routing.hedge.m.after_ms',
  'routing.rules.0.when',
  'routing.rules.0.use',
  'keys.0.name',
  'keys.0.key',
  'keys.0.limits.usd',
  'plans.tiny.price_usd',
  'plans.tiny.included_usd',
  'plans.tiny.overage',
  'accounts.default.plan',
  'limits.0.subject',
  'limits.0.usd',
])

const fieldsOf = (path: string): string[] => {
  const node = path.split('.').reduce((node: unknown, name) => (node as Record<string, unknown>)[name], whole)
  return Object.keys(node as object).map((field) => `${path}.${field}`)
}

test('a file may say everything, or nothing', () => {
  expect(problemsOf(whole)).toEqual([])
  expect(problemsOf({})).toEqual([])
  expect(isTaken({ nope: 1 })).toBe(false)
})

test.each(objects)('%s takes no field that is not known', (path) => {
  expect(isTaken(changed(`${path}.nope`, 1))).toBe(false)
})

test.each([...Object.keys(whole), ...objects.flatMap(fieldsOf)])(
  '%s may be left out, unless it must be there',
  (path) => {
    expect(isTaken(changed(path))).toBe(!required.has(path))
  },
)

const LONGEST_MS = 2_147_483_647

test.each<[path: string, taken: readonly unknown[], refused: readonly unknown[]]>([
  ['providers.p.type', ['openai', 'anthropic'], ['sandbox', 'nope', '', 1]],
  ['providers.p.base_url', ['https://a.example/v1'], ['ftp://a.example', 'a.example', '', 1]],
  ['providers.p.api_key', ['k', ['k'], ''], [[], [1], 1]],
  ['providers.p.api_key.0', ['k', ' k\n', ''], ['k\nl', 'kéy', 'k\u007f', 1]],
  ['providers.a.api_version', ['2024-10-21', 'v1:a.b_c'], ['', 'a b', 'a/b', 'a?b', 1]],
  ['providers.b.region', ['eu-central-1'], ['', 'a b', 'a/b', 1]],
  ['providers.v.project', ['acme'], ['', 'a/b', 1]],
  ['providers.v.location', ['global'], ['', 'a/b', 1]],
  ['providers.a.identity', ['environment', {}], ['', 'someone', { nope: 'x' }, []]],
  ['providers.a.identity.tenant_id', ['common'], ['', 'a/b', 1]],
  ['providers.a.identity.client_id', ['c'], ['', 'a/b', 1]],
  ['providers.a.identity.client_secret', ['s', ' s\n'], ['s\nt', 1]],
  ['providers.b.identity.access_key_id', ['i'], ['i\nj', 1]],
  ['providers.b.identity.secret_access_key', ['s'], ['s\nt', 1]],
  ['providers.b.identity.session_token', ['t'], ['t\nu', 1]],
  ['providers.v.identity.credentials_file', ['/a b'], ['', 1]],
  ['catalog', [[], ['o', 'p']], [[''], [1], 'o']],
  ['models.m.targets', [[{ provider: 'p' }]], [[], {}]],
  ['models.m.targets.0.model', ['n'], ['', 1]],
  ['models.m.price.input', ['0', '12', '0.123456'], ['0.1234567', '-1', '', 1]],
  ['models.m.price.cached_input', ['0.123456'], ['0.1234567']],
  ['models.m.price.output', ['0.123456'], ['0.1234567']],
  ['models.m.price.image', ['0.123456789012'], ['0.1234567890123']],
  ['models.r.price', [{ input: '1' }, [{ input: '1' }]], ['1', 1, []]],
  ['models.r.price.0.service_tier', ['f', 'priority'], ['', 1]],
  ['models.r.price.0.above_input_tokens', [1], [0, 1.5, '1']],
  ['models.r.price.0.from', ['2028-02-29'], ['2027-02-29', 'soon', 1]],
  ['models.r.price.1.batch', [true], [false, 'true']],
  ['models.r.price.2.cached_input', ['0.123456'], ['0.1234567', 1]],
  ['models.m.context_window', [1, 2], [0, -1, 1.5]],
  ['models.m.endpoints', [['chat'], ['images'], ['embeddings']], [[], ['singing'], ['']]],
  ['routing.strategy', ['ordered', 'weighted', 'price', 'latency', 'throughput', 'least_busy'], ['best', '']],
  ['routing.max_price_ratio', [1, 1.5, 1000], [0.9, 1001, '2']],
  ['routing.max_attempts', [1, 20], [0, 21, 1.5]],
  ['routing.weights.m.p', [0, 0.5, 1_000_000], [-1, 1_000_001]],
  ['routing.sticky.by', ['session_id'], ['key', '']],
  ['routing.sticky.ttl_s', [1, 86_400], [0, 86_401, 1.5]],
  ['routing.hedge.m.after_ms', [1, LONGEST_MS], [0, LONGEST_MS + 1, 1.5]],
  ['routing.rules.0.when.tag', ['a', ['a', 'b']], [1, [1]]],
  ['routing.rules.0.when.metadata', [{ a: 'b', c: 1, d: true, e: ['f', 2] }], [{ a: {} }, { a: [{}] }]],
  ['routing.rules.0.use.order', [['p']], [[], [''], 'p']],
  ['routing.rules.0.use.only', [['p']], [[], [''], 'p']],
  ['routing.rules.0.use.ignore', [['p']], [[], [''], 'p']],
  ['messages.billing_note', ['remove', 'keep'], ['drop', true]],
  ['messages.server_tools', ['refuse', 'leave_out'], ['keep', '']],
  ['timeouts.connect_ms', [1, LONGEST_MS], [0, LONGEST_MS + 1, 1.5]],
  ['timeouts.first_token_ms', [1, LONGEST_MS], [0, LONGEST_MS + 1, 1.5]],
  ['timeouts.idle_ms', [1, LONGEST_MS], [0, LONGEST_MS + 1, 1.5]],
  ['timeouts.total_ms', [1, LONGEST_MS], [0, LONGEST_MS + 1]],
  ['keys.0.name', ['k'], ['', 1]],
  ['keys.0.key', ['x'.repeat(16)], ['x'.repeat(15), `${'x'.repeat(16)} y`]],
  ['keys.0.plan', ['none', 'gold'], ['', 1]],
  ['keys.0.limits', [{}, { usd: '5', rpm: 1 }], [{ window: 'day' }, { models: 'a' }, '5']],
  ['keys.0.limits.usd', ['0', '0.000000000001', '9000000'], ['-1', '9000001', '0.0000000000001', 'lots', 5]],
  ['keys.0.limits.window', ['day', 'week', 'month', 'lifetime'], ['monthly', '', 1]],
  ['keys.0.limits.rpm', [1, 1_000_000_000], [0, -1, 1.5, 1e10, '60', 'many']],
  [
    'limits.0.subject',
    [{ key: 'k' }, { each: 'team' }],
    [{}, { key: 'k', tag: 't' }, { each: 'planet' }, 'k', { k: 1 }],
  ],
  ['limits.0.account', ['acc_1'], ['', 1]],
  ['limits.0.usd', ['5'], [undefined, '-5', 'lots', 5]],
  ['limits.0.on_reached', ['stop', 'notify'], ['fallback', 'explode', '']],
  [
    'plans.tiny',
    [{ price_usd: '0', included_usd: '1', overage: 'stop' }],
    [{ included_usd: '1', overage: 'stop' }, {}],
  ],
  ['plans.tiny.keys', [1, 200], [0, -1, 1.5, '5']],
  ['plans.tiny.rpm', [1, 1200], [0, 1.5, 'many']],
  ['plans.tiny.included_usd', ['0', '750'], ['-1', 1, 'lots', '9000001']],
  [
    'plans',
    [{ ['p'.repeat(64)]: tiny, 'a.b-c_1': tiny, none_2: tiny }],
    [{ ['p'.repeat(65)]: tiny }, { '': tiny }, { 'a b': tiny }],
  ],
  ['plans.tiny.features', [[], ['sso']], [[''], [1], 'sso']],
  ['accounts', [{ a: { plan: 'tiny' } }], [{ '': { plan: 'tiny' } }]],
  ['plans.none', [], [{ price_usd: '0', included_usd: '1', overage: 'stop' }]],
  ['accounts.default.plan', ['none', 'tiny'], ['', 1, undefined]],
  [
    'idempotency',
    [{}, { ttl_s: 1 }, { ttl_s: 604_800 }],
    [{ ttl_s: 0 }, { ttl_s: 604_801 }, { ttl_s: 1.5 }, { ttl: 1 }],
  ],
  ['responses', [{}], [{ kept: true }, [], true]],
  ['responses.keep.days', [1, 365], [0, 366, 1.5, '30']],
  [
    'responses.keep.encryption_key',
    [ENCRYPTION_KEY, ENCRYPTION_KEY.replace('=', ''), [ENCRYPTION_KEY], [ENCRYPTION_KEY, ENCRYPTION_KEY]],
    [
      undefined,
      '',
      'secret',
      'A'.repeat(43),
      `${ENCRYPTION_KEY}A`,
      ENCRYPTION_KEY.slice(4),
      [],
      [ENCRYPTION_KEY, 'x'],
      1,
    ],
  ],
  ['ledger.durability', ['strict', 'relaxed'], ['lax', '']],
  ['outage.admit_s', [0, 3600], [-1, 3601, 0.5]],
  [
    'outage.spool',
    ['off', {}, { max_rows: 1 }, { max_rows: 1_000_000, max_minutes: 0.5 }, { max_minutes: 2 }],
    ['on', { max_rows: 0 }, { max_rows: 1_000_001 }, { max_minutes: 0 }, { max_minutes: 2.1 }, { rows: 1 }],
  ],
  ['shutdown.delay_ms', [0, 600_000], [-1, 600_001, 1.5]],
  ['shutdown.timeout_ms', [1, LONGEST_MS], [0, LONGEST_MS + 1]],
  ['replicas.share_health', [true, false], ['yes', 1]],
  [
    'cors.allow_origins',
    [['*'], ['https://a.example', 'http://localhost:3000'], []],
    [['https://a.example/path'], ['https://a.example/'], ['a.example'], ['**'], '*'],
  ],
])('%s takes %j, and not %j', (path, taken, refused) => {
  for (const value of taken)
    expect({ value, problems: problemsOf(changed(path, value)) }).toEqual({ value, problems: [] })
  for (const value of refused) expect({ value, taken: isTaken(changed(path, value)) }).toEqual({ value, taken: false })
})

test.each([
  [
    'models.m.price.input',
    '0.1234567',
    'must be a decimal string of US dollars with at most 6 decimals, such as "0.20"',
  ],
  [
    'responses.keep.encryption_key',
    'too short',
    expect.stringMatching(/^must be 32 random bytes in base64, .* Make one with: openssl rand -base64 32$/),
  ],
  ['models.m.price.image', '-1', 'must be a decimal string of US dollars with at most 12 decimals, such as "0.20"'],
  ['models.r.price.0.input', 1, 'Invalid input: expected string, received number'],
  ['providers.p.type', 'nope', expect.stringMatching(/must be one of openai-compatible, openai, /)],
  ['models.m.endpoints.0', 'singing', expect.stringMatching(/must be one of chat, embeddings, images/)],
])('what is wrong with %s is said there', (path, value, says) => {
  const issues = configSchema.safeParse(changed(path, value)).error?.issues
  expect(issues?.map((issue) => [issue.path.join('.'), issue.message])).toEqual([[path, says]])
})

test('a field of a price that is not known is named as one, in the object that has it', () => {
  for (const path of ['models.m.price', 'models.r.price.0', 'models.m.targets.0.cost'])
    expect(configSchema.safeParse(changed(`${path}.nope`, '1')).error?.issues).toMatchObject([
      { code: 'unrecognized_keys', keys: ['nope'], path: path.split('.').map((part) => (part === '0' ? 0 : part)) },
    ])
})

/** A price of a single row, under a condition. */
const onlyFlex = (input: unknown): unknown => ({ models: { m: { price: [{ input, service_tier: 'flex' }] } } })

test('rows of a price are judged together once each is what it should be', () => {
  expect(problemsOf(onlyFlex('1'))).toEqual([
    'models.m.price: needs a row without conditions, for whatever no other row is for',
  ])
  expect(problemsOf(onlyFlex(1))).toEqual(['models.m.price.0.input: Invalid input: expected string, received number'])
})

test('the white space around a provider’s key is not part of it', () => {
  const file = changed('providers.p.api_key', [' k\n', '\tl']) as object
  expect(configSchema.parse(file).providers?.['p']?.api_key).toEqual(['k', 'l'])
})

test('a provider needs an address unless its type has one', () => {
  expect(problemsOf({ providers: { p: { type: 'openai-compatible' } } })).toEqual([
    'providers.p.base_url: needs a base_url: this type has no address of its own',
  ])
  expect(problemsOf({ providers: { p: { type: 'bedrock' } } })).toEqual([
    'providers.p.base_url: needs a base_url, or a region: this type has no address of its own',
  ])
  expect(problemsOf({ providers: { p: { type: 'openai' }, q: { type: 'bedrock', region: 'us-east-1' } } })).toEqual([])
})

const ofVersion = (type: string, version: string): string[] =>
  problemsOf({ providers: { p: { type, base_url: 'https://acme.openai.azure.com', api_version: version } } })

test('a version of an API is a word, of a type that has versions', () => {
  expect(ofVersion('azure', '2024-10-21')).toEqual([])
  expect(ofVersion('azure', '2024-10-21&x=1')).toEqual([
    'providers.p.api_version: must be one word of letters, digits, dots and hyphens',
  ])
  expect(ofVersion('openai', '2024-10-21')).toEqual(['providers.p.api_version: is not a field of type openai'])
})

const ofCloud = (more: object): string[] =>
  problemsOf({ providers: { p: { base_url: 'https://acme.openai.azure.com', ...more } } })

test('an identity is of a cloud, has what that cloud knows, and stands in place of a key', () => {
  expect(ofCloud({ type: 'azure', identity: 'environment' })).toEqual([])
  expect(ofCloud({ type: 'azure', identity: { tenant_id: 't', client_id: 'c', client_secret: 's' } })).toEqual([])
  expect(ofCloud({ type: 'vertex', project: 'acme', identity: { credentials_file: '/run/google.json' } })).toEqual([])
  expect(
    ofCloud({ type: 'bedrock', region: 'us-east-1', identity: { access_key_id: 'a', secret_access_key: 's' } }),
  ).toEqual([])
  expect(ofCloud({ type: 'openai', identity: 'environment' })).toEqual([
    'providers.p.identity: is not a field of type openai',
  ])
  expect(ofCloud({ type: 'azure', identity: { credentials_file: 'f' } })).toEqual([
    'providers.p.identity.credentials_file: is not a field of type azure',
  ])
  expect(ofCloud({ type: 'azure', identity: 'environment', api_key: 'k' })).toEqual([
    'providers.p.identity: stands in place of an api_key: keep one of them',
  ])
  expect(ofCloud({ type: 'vertex', identity: 'environment' })).toEqual([
    'providers.p.project: is needed beside an identity, which may have several',
  ])
  expect(ofCloud({ type: 'azure', identity: 'someone' })).toEqual([
    'providers.p.identity: must be environment, or an object that says who it is',
  ])
})

const keys = (...pairs: [string, string][]): unknown => ({ keys: pairs.map(([name, key]) => ({ name, key })) })

test('each name of a key means one key, and each key has one name', () => {
  const [one, other] = ['x'.repeat(16), 'y'.repeat(16)]
  expect(problemsOf(keys(['a', one], ['b', other]))).toEqual([])
  expect(problemsOf(keys(['a', one], ['b', other], ['a', 'z'.repeat(16)]))).toEqual([
    'keys.2.name: is the same as keys[0].name',
  ])
  expect(problemsOf(keys(['a', one], ['b', other], ['c', other]))).toEqual(['keys.2.key: is the same as keys[1].key'])
})
