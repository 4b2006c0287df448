import { resolve } from 'node:path'
import { readSettings, SettingsError } from './settings.ts'

test('without anything set, the gateway listens on this machine only', () => {
  expect(readSettings({})).toMatchObject({
    host: '127.0.0.1',
    port: 7735,
    dataDir: resolve('.speka'),
    configFile: undefined,
    keyPepper: undefined,
    logLevel: undefined,
    detectedProviders: {},
  })
})

test('settings come from the environment', () => {
  const variables = {
    SPEKA_HOST: '0.0.0.0',
    SPEKA_PORT: '9000',
    SPEKA_DATA_DIR: '/var/lib/speka',
    SPEKA_CONFIG: 'speka.yaml',
    SPEKA_KEY_PEPPER: 'pepper',
    SPEKA_LOG_LEVEL: 'debug',
  }
  expect(readSettings(variables)).toMatchObject({
    host: '0.0.0.0',
    port: 9000,
    dataDir: '/var/lib/speka',
    configFile: 'speka.yaml',
    keyPepper: 'pepper',
    logLevel: 'debug',
  })
})

test('options of the command line go before the environment', () => {
  const variables = { SPEKA_HOST: 'a', SPEKA_PORT: '1', SPEKA_DATA_DIR: '/a', SPEKA_CONFIG: 'a' }
  expect(readSettings(variables, { host: 'b', port: '2', data: '/b', config: 'b' })).toMatchObject({
    host: 'b',
    port: 2,
    dataDir: '/b',
    configFile: 'b',
  })
})

const admin = ({ adminHost, adminPort, adminPortGiven }: ReturnType<typeof readSettings>) => [
  adminHost,
  adminPort,
  adminPortGiven,
]

test('the operator’s own listener is beside the other, where nobody says otherwise', () => {
  expect(admin(readSettings({}))).toEqual(['127.0.0.1', 7736, false])
  // Any port for the one is any port for the other.
  expect(admin(readSettings({ SPEKA_PORT: '0' }))).toEqual(['127.0.0.1', 0, false])
  expect(admin(readSettings({ SPEKA_ADMIN_HOST: '::1', SPEKA_ADMIN_PORT: '81' }))).toEqual(['::1', 81, true])
  expect(admin(readSettings({ SPEKA_ADMIN_PORT: '81' }, { adminPort: '82' }))).toEqual(['127.0.0.1', 82, true])
})

test.each(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])('the log may be told "%s"', (level) => {
  expect(readSettings({ SPEKA_LOG_LEVEL: level }).logLevel).toBe(level)
})

test('the limits of what is taken are taken themselves', () => {
  expect(readSettings({ SPEKA_PORT: '65535' }).port).toBe(65_535)
  expect(() => readSettings({ SPEKA_PORT: '65536' })).toThrow(SettingsError)
  expect(() => readSettings({ SPEKA_PORT: '65536' })).toThrow(expect.objectContaining({ name: 'SettingsError' }))
  expect(readSettings({ SPEKA_ADMIN_TOKEN: 'q7Xk2mPz9LwT' }).adminToken).toBe('q7Xk2mPz9LwT')
  expect(() => readSettings({ SPEKA_ADMIN_TOKEN: 'q7Xk2mPz9Lw' })).toThrow(SettingsError)
})

test('space around a setting is no part of it, and the environment stays at hand', () => {
  const variables = { SPEKA_HOST: ' a ', OTHER: 'b' }
  expect(readSettings(variables)).toMatchObject({ host: 'a', variables })
})

test.each([
  { databaseUrl: 'postgres://speka:hush@one,two/speka' },
  { databaseUrl: 'postgresql://db/speka' },
  { redisUrl: 'redis://:hush@redis:6379' },
  { redisUrl: 'rediss://redis' },
])('replicas share %j', (settings) => {
  const { databaseUrl, redisUrl } = { databaseUrl: undefined, redisUrl: undefined, ...settings }
  expect(readSettings({ SPEKA_DATABASE_URL: databaseUrl, SPEKA_REDIS_URL: redisUrl })).toMatchObject(settings)
})

test('a variable that is empty is not set', () => {
  const names = ['SPEKA_HOST', 'SPEKA_PORT', 'SPEKA_DATA_DIR', 'SPEKA_CONFIG', 'SPEKA_LOG_LEVEL']
  const services = ['SPEKA_DATABASE_URL', 'SPEKA_REDIS_URL']
  const keys = ['NVIDIA_API_KEY', 'OPENAI_API_KEY', 'SPEKA_UPSTREAM_API_KEY', 'SPEKA_KEY_PEPPER']
  const empty = Object.fromEntries([...names, ...services, ...keys].map((name) => [name, ' ']))
  const { variables: _, ...settings } = readSettings(empty)
  const { variables: _none, ...defaults } = readSettings({})
  expect(settings).toEqual(defaults)
})

test.each([
  { type: 'nvidia', variable: 'NVIDIA_API_KEY' },
  { type: 'deepseek', variable: 'DEEPSEEK_API_KEY' },
  { type: 'mistral', variable: 'MISTRAL_API_KEY' },
  { type: 'moonshot', variable: 'MOONSHOT_API_KEY' },
  { type: 'openai', variable: 'OPENAI_API_KEY' },
  { type: 'llama', variable: 'LLAMA_API_KEY' },
  { type: 'bfl', variable: 'BFL_API_KEY' },
  { type: 'together', variable: 'TOGETHER_API_KEY' },
  { type: 'openrouter', variable: 'OPENROUTER_API_KEY' },
  { type: 'anthropic', variable: 'ANTHROPIC_API_KEY' },
  { type: 'gemini', variable: 'GEMINI_API_KEY' },
  { type: 'vertex', variable: 'GOOGLE_VERTEX_API_KEY' },
  { type: 'speka', variable: 'SPEKA_UPSTREAM_API_KEY' },
])('$variable switches $type on', ({ type, variable }) => {
  expect(readSettings({ [variable]: 'secret' }).detectedProviders).toEqual({ [type]: { type, api_key: 'secret' } })
})

test('another gateway as an upstream may have an address of its own', () => {
  const variables = { SPEKA_UPSTREAM_API_KEY: 'k', SPEKA_UPSTREAM_BASE_URL: 'https://gateway.example/v1' }
  expect(readSettings(variables).detectedProviders).toEqual({
    speka: { type: 'speka', api_key: 'k', base_url: 'https://gateway.example/v1' },
  })
})

test('Azure has no address but the one in the environment, and the API that is asked for there', () => {
  const variables = { AZURE_OPENAI_API_KEY: 'k', AZURE_OPENAI_ENDPOINT: 'https://acme.openai.azure.com/' }
  const azure = { type: 'azure', api_key: 'k', base_url: 'https://acme.openai.azure.com/' }
  expect(readSettings(variables)).toMatchObject({ detectedProviders: { azure }, idleKeys: {} })
  const dated = readSettings({ ...variables, AZURE_OPENAI_API_VERSION: '2024-10-21' })
  expect(dated.detectedProviders).toEqual({ azure: { ...azure, api_version: '2024-10-21' } })
})

test.each(['AWS_REGION', 'AWS_DEFAULT_REGION'])('Bedrock is where %s says', (variable) => {
  expect(readSettings({ AWS_BEARER_TOKEN_BEDROCK: 'k', [variable]: 'eu-west-1' }).detectedProviders).toEqual({
    bedrock: { type: 'bedrock', api_key: 'k', region: 'eu-west-1' },
  })
})

test('a key without the address that it needs switches nothing on, and that is said', () => {
  expect(readSettings({ AZURE_OPENAI_API_KEY: 'k' })).toMatchObject({
    detectedProviders: {},
    idleKeys: { azure: expect.stringContaining('AZURE_OPENAI_API_KEY is set, and AZURE_OPENAI_ENDPOINT is not') },
  })
  expect(readSettings({ AWS_BEARER_TOKEN_BEDROCK: 'k' }).idleKeys).toEqual({
    bedrock: expect.stringContaining('AWS_BEARER_TOKEN_BEDROCK is set, and AWS_REGION is not'),
  })
})

test.each([
  { SPEKA_API_KEY: 'sk-speka-live-1', SPEKA_BASE_URL: 'https://speka.me/v1' },
  { SPEKA_UPSTREAM_BASE_URL: 'https://speka.me/v1' },
])('no upstream is switched on by %j', (variables) => {
  expect(readSettings(variables).detectedProviders).toEqual({})
})

test('a site is on or off, is reached at an address, and has its mail sent by a server', () => {
  const said = readSettings({
    SPEKA_SITE: 'on',
    SPEKA_PUBLIC_URL: 'https://speka.example.com/',
    SPEKA_SMTP_URL: 'smtp://mail.example.com',
  })
  expect(said).toMatchObject({ site: 'on', publicUrl: 'https://speka.example.com', smtp: { host: 'mail.example.com' } })
  expect(readSettings({ SPEKA_SITE: 'off' })).toMatchObject({ site: 'off', publicUrl: undefined, smtp: undefined })
  expect(readSettings({}).site).toBeUndefined()
})

test.each([
  { variables: { SPEKA_SITE: 'yes' }, says: 'SPEKA_SITE is "yes". Use on or off.' },
  {
    variables: { SPEKA_PUBLIC_URL: 'https://speka.example.com/gateway' },
    says: 'SPEKA_PUBLIC_URL is "https://speka.example.com/gateway". Use the address that visitors see, without a path',
  },
  { variables: { SPEKA_PORT: '70000' }, says: '"70000" is not a port. Use a number from 0 to 65535.' },
  { variables: { SPEKA_PORT: '80a' }, says: '"80a" is not a port.' },
  { variables: { SPEKA_PORT: '-1' }, says: '"-1" is not a port.' },
  { variables: { SPEKA_ADMIN_TOKEN: 'short' }, says: 'SPEKA_ADMIN_TOKEN must have at least 12 characters' },
  {
    variables: { SPEKA_ADMIN_TOKEN: 'two words, and more' },
    says: 'and no spaces. Make one with "openssl rand -hex 24"',
  },
  {
    variables: { SPEKA_ADMIN_TOKEN: '1234567890123456' },
    says: 'SPEKA_ADMIN_TOKEN is too easy to guess. Make one with',
  },
  { variables: { SPEKA_LOG_LEVEL: 'sk-proj-1234567890' }, says: 'SPEKA_LOG_LEVEL is "(hidden)".' },
  { variables: { SPEKA_PORT: 'nvapi-1234567890' }, says: '"(hidden)" is not a port.' },
  { variables: { SPEKA_LOG_LEVEL: 'loud' }, says: 'SPEKA_LOG_LEVEL is "loud". Use one of trace, debug,' },
  {
    variables: { SPEKA_DATABASE_URL: 'mysql://speka:hush@db/speka' },
    says: /^SPEKA_DATABASE_URL must be the URL of a PostgreSQL database, such as postgres:\/\/speka:secret@db\.example\.com/,
  },
  {
    variables: { SPEKA_REDIS_URL: 'hush@redis:6379' },
    says: /^SPEKA_REDIS_URL must be the URL of a Redis or a Valkey, such as redis:\/\/:secret@redis\.example\.com:6379\.$/,
  },
  {
    variables: { SPEKA_UPSTREAM_API_KEY: 'k', SPEKA_UPSTREAM_BASE_URL: 'gateway.example' },
    says: 'SPEKA_UPSTREAM_BASE_URL is "gateway.example". Use an http or https URL',
  },
  {
    variables: { AZURE_OPENAI_API_KEY: 'k', AZURE_OPENAI_ENDPOINT: 'acme' },
    says: 'AZURE_OPENAI_ENDPOINT is "acme". Use an http or https URL such as https://example.openai.azure.com.',
  },
])('$variables is refused in one line', ({ variables, says }) => {
  const read = () => readSettings(variables)
  expect(read).toThrow(SettingsError)
  expect(read).toThrow(says)
})
