import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigError } from './config-error.ts'
import { parseConfig, pathText, readConfigFile } from './read-config-file.ts'

const problemsOf = (text: string, path = 'speka.yaml'): readonly string[] => {
  try {
    parseConfig(text, path, {})
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

const models = (price: string): string => `models:
  acme/fast:
    targets:
      - { provider: sandbox, model: speka/sandbox }
    price: ${price}
`

describe('a mistake in the configuration file is one line: file, line, path, what is wrong', () => {
  test.each([
    {
      what: 'an unknown field at the top',
      text: 'aliases: {}\nrouteing: {}\n',
      says: 'speka.yaml:2 routeing: is not a known field',
    },
    {
      what: 'an unknown field further in',
      text: models('{ input: "1", outputs: "2" }'),
      says: 'speka.yaml:5 models."acme/fast".price.outputs: is not a known field',
    },
    {
      what: 'an unknown field in a list',
      text: 'models:\n  a:\n    targets:\n      - provider: sandbox\n        modell: x\n',
      says: 'speka.yaml:5 models.a.targets[0].modell: is not a known field',
    },
    {
      what: 'a wrong type',
      text: 'routing:\n  max_attempts: many\n',
      says: 'speka.yaml:2 routing.max_attempts: must be number, received string',
    },
    {
      what: 'a number out of range',
      text: 'timeouts:\n\n  total_ms: 0\n',
      says: expect.stringMatching(/^speka\.yaml:3 timeouts\.total_ms: /),
    },
    {
      what: 'a price that is a number',
      text: models('{ input: 0.2 }'),
      says: 'speka.yaml:5 models."acme/fast".price.input: must be string, received number',
    },
    {
      what: 'a price that is no price',
      text: models('{ input: "$1" }'),
      says: 'speka.yaml:5 models."acme/fast".price.input: must be a decimal string of US dollars with at most 6 decimals, such as "0.20"',
    },
    {
      what: 'a price of two rows that hold at once',
      text: models('[ { input: "1" }, { input: "2", service_tier: flex }, { input: "3", service_tier: flex } ]'),
      says: 'speka.yaml:5 models."acme/fast".price[2]: holds under the same conditions as row [1]: leave one of them out',
    },
    {
      what: 'a price whose rows all have conditions',
      text: models('[ { input: "2", service_tier: flex } ]'),
      says: 'speka.yaml:5 models."acme/fast".price: needs a row without conditions, for whatever no other row is for',
    },
    {
      what: 'a price of a unit that nobody counts',
      text: models('{ input: "1", second: "0.01" }\n    endpoints: [chat, rerank]'),
      says: 'speka.yaml:5 models."acme/fast".price.second: is a unit that no answer of this model is counted in (chat, rerank)',
    },
    {
      what: 'a condition that is none',
      text: models('[ { input: "1" }, { input: "2", tier: flex } ]'),
      says: 'speka.yaml:5 models."acme/fast".price[1].tier: is not a known field',
    },
    {
      what: 'a price with too many decimals',
      text: models('{ input: "0.1234567" }'),
      says: expect.stringContaining('at most 6 decimals'),
    },
    {
      what: 'a model without a target',
      text: 'models:\n  a: { targets: [] }\n',
      says: 'speka.yaml:2 models.a.targets: needs at least one target',
    },
    {
      what: 'a provider without an address',
      text: 'providers:\n  local:\n    type: vllm\n',
      says: 'speka.yaml:2 providers.local.base_url: needs a base_url: this type has no address of its own',
    },
    {
      what: 'an address that is not http',
      text: 'providers:\n  local: { type: vllm, base_url: "ftp://x" }\n',
      says: 'speka.yaml:2 providers.local.base_url: must be an http or https URL, such as "http://127.0.0.1:8000/v1"',
    },
    {
      what: 'an address with a key in it',
      text: 'providers:\n  local: { type: vllm, base_url: "http://user:secret@x/v1" }\n',
      says: expect.stringContaining('must be an http or https URL'),
    },
    {
      what: 'a provider of an unknown type',
      text: 'providers:\n  local: { type: vlm }\n',
      says: expect.stringMatching(/^speka\.yaml:2 providers\.local\.type: must be one of openai-compatible, .*vllm/),
    },
    {
      what: 'a list of keys without a key',
      text: 'providers:\n  nvidia:\n    type: nvidia\n    api_key: []\n',
      says: expect.stringContaining('speka.yaml:4 providers.nvidia.api_key: '),
    },
    {
      what: 'a strategy nobody knows',
      text: 'routing: { strategy: random }\n',
      says: 'speka.yaml:1 routing.strategy: must be one of ordered, weighted, price, latency, throughput, least_busy',
    },
    {
      what: 'a hedge without a delay',
      text: 'routing:\n  hedge: { a: {} }\n',
      says: expect.stringContaining('speka.yaml:2 routing.hedge.a.after_ms: '),
    },
    {
      what: 'a weight below nothing',
      text: 'routing:\n  weights: { a: { one: -1 } }\n',
      says: expect.stringContaining('speka.yaml:2 routing.weights.a.one: '),
    },
    {
      what: 'a rule that looks at something unknown',
      text: 'routing:\n  rules:\n    - when: { colour: red }\n      use: { strategy: price }\n',
      says: 'speka.yaml:3 routing.rules[0].when.colour: is not a known field',
    },
    {
      what: 'a plan that stops somewhere else',
      text: 'plans:\n  tiny: { price_usd: "0", included_usd: "1", overage: later }\n',
      says: 'speka.yaml:2 plans.tiny.overage: must be stop or bill',
    },
    {
      what: 'a key that can be guessed',
      text: 'keys:\n  - { name: a, key: short }\n',
      says: 'speka.yaml:2 keys[0].key: must be at least 16 characters without spaces, so that nobody guesses it',
    },
    {
      what: 'two keys of one name',
      text: 'keys:\n  - { name: a, key: 0123456789abcdef }\n  - { name: a, key: 0123456789abcdeg }\n',
      says: 'speka.yaml:3 keys[1].name: is the same as keys[0].name',
    },
    {
      what: 'one key under two names',
      text: 'keys:\n  - { name: a, key: 0123456789abcdef }\n  - name: b\n    key: 0123456789abcdef\n',
      says: 'speka.yaml:4 keys[1].key: is the same as keys[0].key',
    },
    {
      what: 'broken YAML',
      text: 'aliases:\n  a: "b\n',
      says: expect.stringMatching(/^speka\.yaml:\d is not valid YAML: \S/),
    },
    {
      what: 'a field that is there twice',
      text: 'aliases: {}\naliases: {}\n',
      says: 'speka.yaml:2 is not valid YAML: Map keys must be unique',
    },
    {
      what: 'a glob without quotes, which YAML reads as an alias',
      text: 'models:\n  a: *mini\n',
      says: expect.stringContaining('is not valid YAML'),
    },
    { what: 'a list', text: '- a\n', says: 'speka.yaml:1 the file: must be object, received array' },
    {
      what: 'a variable that is not set, where no provider needs it',
      text: 'aliases:\n  fast: "${FAST}"\n',
      says: 'speka.yaml:2 aliases.fast: needs the environment variable FAST, which is not set',
    },
    {
      what: 'a key that waits for a variable',
      text: 'keys:\n  - { name: a, key: "${KEY}" }\n',
      says: 'speka.yaml:2 keys[0].key: needs the environment variable KEY, which is not set',
    },
  ])('$what', ({ text, says }) => {
    expect(problemsOf(text)).toEqual([says])
  })

  test('each on a line of its own, when there are several', () => {
    expect(problemsOf('a: 1\nb: 2\n')).toEqual([
      'speka.yaml:1 a: is not a known field',
      'speka.yaml:2 b: is not a known field',
    ])
  })

  test('which is also what the error says, and is called', () => {
    expect(() => parseConfig('a: 1\nb: 2\n', 'speka.yaml', {})).toThrow(
      expect.objectContaining({
        name: 'ConfigError',
        message: 'speka.yaml:1 a: is not a known field\nspeka.yaml:2 b: is not a known field',
      }),
    )
  })

  test('of the deepest part that is there, in lists as well', () => {
    const text = 'models:\n  a:\n    targets:\n      - provider: p\n      - model: m\n'
    expect(problemsOf(text)).toEqual(['speka.yaml:5 models.a.targets[1].provider: must be string, received undefined'])
    expect(problemsOf('keys:\n  - name: a\n    key: ${KEY}\n')).toEqual([
      'speka.yaml:3 keys[0].key: needs the environment variable KEY, which is not set',
    ])
    expect(problemsOf('\n\nmodels:\n  a: 5\n')).toEqual(['speka.yaml:4 models.a: must be object, received number'])
    expect(problemsOf('\n- a\n')).toEqual(['speka.yaml:1 the file: must be object, received array'])
    expect(problemsOf('\n5\n')).toEqual(['speka.yaml:1 the file: must be object, received number'])
  })

  test('where broken YAML begins to be broken', () => {
    expect(problemsOf('a: b\nc: d\ne: [f\n')).toEqual([expect.stringMatching(/^speka\.yaml:4 is not valid YAML: /)])
  })

  test('in JSON too, with lines', () => {
    const text = JSON.stringify({ aliases: {}, routing: { max_attempts: 'x', sticky: { by: 'ip' } } }, null, 2)
    expect(problemsOf(text, 'speka.json')).toEqual([
      'speka.json:4 routing.max_attempts: must be number, received string',
      'speka.json:6 routing.sticky.by: must be "session_id"',
    ])
  })

  test('never shows a value of the file, which may be a secret', () => {
    const secret = 'nvapi-canary-0123456789'
    const text = `providers:\n  nvidia: { type: nvidia, api_key: 1, key: ${secret} }\nkeys: [{ name: a, key: ${secret}, limits: { usd: ${secret}, window: ${secret} } }]\n`
    expect(problemsOf(text)).toHaveLength(4)
    expect(problemsOf(text).join('\n')).not.toContain(secret)
  })

  const pasted = 'sk-speka-live-canary0123456789'

  test.each([
    {
      where: 'as a field',
      text: `keys:\n  - { name: a, key: ${'x'.repeat(16)}, ${pasted}: x }\n`,
      says: 'keys[0]."(hidden)": is not',
    },
    { where: 'as a section', text: `${pasted}: {}\n`, says: '"(hidden)": is not a known field' },
    {
      where: 'as a provider',
      text: `providers:\n  ${pasted}: { type: none }\n`,
      says: 'providers."(hidden)".type: must be one of',
    },
    {
      where: 'as a variable',
      text: 'aliases:\n  a: "${sk_canary0123456789}"\n',
      says: 'the environment variable (hidden), which',
    },
    { where: 'as an anchor', text: `aliases:\n  a: *${pasted}\n`, says: '(hidden)' },
  ])('does not show a key that was pasted $where', ({ text, says }) => {
    const problems = problemsOf(text).join('\n')
    expect(problems).toContain(says)
    expect(problems).not.toContain('canary')
  })

  test('that bombs the memory is refused', () => {
    const layers = Array.from({ length: 9 }, (_, depth) =>
      depth === 0
        ? 'a0: &a0 [x, x, x, x, x, x, x, x, x]'
        : `a${depth}: &a${depth} [${Array(9).fill(`*a${depth - 1}`)}]`,
    )
    expect(problemsOf(layers.join('\n'))).toEqual([expect.stringContaining('is not valid YAML: Excessive alias count')])
  })
})

describe('a number or a list at its limit is taken, and one beyond is not', () => {
  test.each([
    { at: 'routing.max_attempts', fits: [1, 20], not: [0, 21, 1.5] },
    { at: 'routing.weights.m.p', fits: [0, 1_000_000], not: [-1, 1_000_001] },
    { at: 'routing.sticky.ttl_s', fits: [1, 86_400], not: [0, 86_401] },
    { at: 'routing.hedge.m.after_ms', fits: [1, 2_147_483_647], not: [0, 2_147_483_648] },
    { at: 'timeouts.connect_ms', fits: [1, 2_147_483_647], not: [0, 2_147_483_648, 1.5] },
    { at: 'timeouts.first_token_ms', fits: [1], not: [0] },
    { at: 'timeouts.idle_ms', fits: [1], not: [0] },
    { at: 'timeouts.total_ms', fits: [1], not: [0] },
    { at: 'shutdown.delay_ms', fits: [0, 600_000], not: [-1, 600_001] },
    { at: 'shutdown.timeout_ms', fits: [1, 2_147_483_647], not: [0, 2_147_483_648] },
    { at: 'models.m.context_window', fits: [1], not: [0, 1.5] },
    { at: 'models.m.endpoints', fits: [['chat']], not: [[], ['singing']] },
    { at: 'models.m.targets', fits: [[{ provider: 'p' }]], not: [[], [{ provider: 'p', model: '' }]] },
    { at: 'aliases.a', fits: ['b'], not: [1] },
    { at: 'keys', fits: [[], [{ name: 'a', key: 'x'.repeat(16) }]], not: [[{ name: '', key: 'x'.repeat(16) }]] },
  ])('$at', ({ at, fits, not }) => {
    const problems = (value: unknown) => problemsOf(JSON.stringify(nested(at.split('.'), value)))
    for (const value of fits) expect(problems(value)).toEqual([])
    for (const value of not) expect(problems(value)).toEqual([expect.stringContaining(`:1 ${at}`)])
  })

  test.each(['order', 'only', 'ignore'])('a rule’s %s', (field) => {
    const problems = (value: unknown) =>
      problemsOf(JSON.stringify({ routing: { rules: [{ when: {}, use: { [field]: value } }] } }))
    expect(problems(['p'])).toEqual([])
    for (const value of [[], ['']]) expect(problems(value)).toHaveLength(1)
  })
})

/** `value` under `path`, one object in the other. */
const nested = (path: readonly string[], value: unknown): unknown =>
  path.reduceRight((inner, name) => ({ [name]: inner }), value)

/** A file with a field nobody knows in each of its sections. A section that takes any name has it one level down. */
const unknownFields = {
  providers: { local: { type: 'vllm', base_url: 'http://127.0.0.1:1', nope: 1 } },
  models: {
    'a/b': {
      nope: 1,
      targets: [{ provider: 'local', nope: 1, cost: { nope: '1' } }],
      price: { nope: '1' },
    },
  },
  routing: {
    nope: 1,
    sticky: { nope: 1 },
    hedge: { 'a/b': { after_ms: 1, nope: 1 } },
    rules: [{ nope: 1, when: { nope: 1 }, use: { nope: 1 } }],
  },
  timeouts: { nope: 1 },
  messages: { nope: 1 },
  keys: [{ name: 'a', key: 'x'.repeat(16), nope: 1 }],
  ledger: { nope: 1 },
  shutdown: { nope: 1 },
  cors: { nope: 1 },
}

test('a field that nobody knows is an error wherever it stands', () => {
  const text = JSON.stringify(unknownFields)
  const unknown = problemsOf(text).filter((problem) => problem.endsWith('nope: is not a known field'))
  expect(unknown).toHaveLength(text.split('"nope"').length - 1)
  for (const section of Object.keys(unknownFields))
    expect(unknown).toContainEqual(expect.stringContaining(`:1 ${section}`))
})

describe('a configuration file that', () => {
  const folder = mkdtempSync(join(tmpdir(), 'speka-config-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  test('does not exist is named', () => {
    const path = join(folder, 'none.yaml')
    expect(() => readConfigFile(path, {})).toThrow(new ConfigError([`The configuration file ${path} does not exist.`]))
  })

  test('is a folder is named', () => {
    expect(() => readConfigFile(folder, {})).toThrow(`The configuration file ${folder} cannot be read.`)
  })

  test('is empty is a configuration', () => {
    const path = join(folder, 'empty.yaml')
    writeFileSync(path, '# nothing yet\n')
    expect(readConfigFile(path, {}).file).toEqual({})
  })

  test('has a section with nothing in it is a configuration', () => {
    expect(parseConfig('models:\n  # none\naliases: { a: b }\n', 'x', {}).file).toEqual({ aliases: { a: 'b' } })
  })
})

describe('${NAME} in a value', () => {
  const text = 'providers:\n  nvidia: { type: nvidia, api_key: "${NVIDIA}" }\n'

  test('is filled from the environment', () => {
    const read = parseConfig(text, 'x', { NVIDIA: 'nvapi-1' })
    expect(read.file.providers).toEqual({ nvidia: { type: 'nvidia', api_key: 'nvapi-1' } })
    expect(read.unset).toEqual([])
  })

  test('may be a part of it, and come more than once', () => {
    const url = 'providers:\n  a: { type: vllm, base_url: "http://${HOST}:${PORT}/v1" }\n'
    const { providers } = parseConfig(url, 'x', { HOST: 'gpu', PORT: '8000' }).file
    expect(providers?.['a']?.base_url).toBe('http://gpu:8000/v1')
  })

  test.each([{ NVIDIA: '' }, {}])('is remembered when a provider lacks it: %j', (variables) => {
    expect(parseConfig(text, 'x', variables).unset).toEqual([
      { path: ['providers', 'nvidia', 'api_key'], variable: 'NVIDIA' },
    ])
  })

  test('is remembered for an address as well, whose provider is otherwise looked at', () => {
    const address = 'providers:\n  a:\n    type: vllm\n    base_url: "http://${HOST}/v1"\n'
    const { file, unset, lineOf } = parseConfig(address, 'x', {})
    expect(unset).toEqual([{ path: ['providers', 'a', 'base_url'], variable: 'HOST' }])
    expect(file.providers?.['a']?.type).toBe('vllm')
    expect(lineOf(['providers', 'a', 'base_url'])).toBe('x:4')
    expect(lineOf(['providers', 'a', 'nope'])).toBe('x:2')
    expect(problemsOf(`${address}    nope: 1\n`)).toEqual(['speka.yaml:5 providers.a.nope: is not a known field'])
  })

  test.each([
    ['another field of a provider', 'providers:\n  a: { type: "${TYPE}" }\n', 'providers.a.type', 'TYPE'],
    ['a field that is called so elsewhere', 'aliases:\n  base_url: "${URL}"\n', 'aliases.base_url', 'URL'],
  ])('is needed by %s', (_, text, path, variable) => {
    expect(problemsOf(text)).toEqual([
      `speka.yaml:2 ${path}: needs the environment variable ${variable}, which is not set`,
    ])
  })

  test('cannot make a setting out of what it is filled with', () => {
    const filled = parseConfig(text, 'x', { NVIDIA: '", base_url: "http://evil' }).file.providers
    expect(filled).toEqual({ nvidia: { type: 'nvidia', api_key: '", base_url: "http://evil' } })
  })

  test('is filled once, not again in what it was filled with', () => {
    const filled = parseConfig(text, 'x', { NVIDIA: '${HOME}', HOME: '/root' }).file.providers
    expect(filled?.['nvidia']?.api_key).toBe('${HOME}')
  })
})

test.each([
  { path: [], text: 'the file' },
  { path: ['a', 0, 'b'], text: 'a[0].b' },
  { path: ['models', 'acme/fast', 'price'], text: 'models."acme/fast".price' },
])('the path $path reads as $text', ({ path, text }) => {
  expect(pathText(path)).toBe(text)
})
