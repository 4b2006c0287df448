import { site, siteOf } from './site-schema.ts'

const settings = { site: undefined, publicUrl: undefined, configFile: undefined, host: '127.0.0.1' } as const

test.each([
  { what: 'without a file, for this machine alone', given: {}, said: {}, on: true },
  { what: 'without a file, by name', given: { host: 'localhost' }, said: {}, on: true },
  { what: 'without a file, for all', given: { host: '0.0.0.0' }, said: {}, on: false },
  { what: 'with a file that says nothing', given: { configFile: 'speka.yaml' }, said: {}, on: false },
  { what: 'with a file that says so', given: { configFile: 'speka.yaml' }, said: { enabled: true }, on: true },
  { what: 'by the environment, against the file', given: { site: 'off' }, said: { enabled: true }, on: false },
  { what: 'by the environment, for all', given: { site: 'on', host: '0.0.0.0' }, said: {}, on: true },
] as const)('$what, the site is on: $on', ({ given, said, on }) => {
  expect(siteOf(said, { ...settings, ...given }).enabled).toBe(on)
})

test('its address is an origin, from the environment before the file', () => {
  expect(siteOf({ public_url: 'https://Speka.example.com/' }, settings).publicUrl).toBe('https://speka.example.com')
  const publicUrl = 'https://other.example.com'
  expect(siteOf({ public_url: 'https://speka.example.com' }, { ...settings, publicUrl }).publicUrl).toBe(publicUrl)
})

test.each([
  ['public_url', 'speka.example.com'],
  ['public_url', 'ftp://speka.example.com'],
  ['public_url', 'https://speka.example.com/console'],
  ['public_url', 'https://user@speka.example.com'],
  ['sign_up', 'everyone'],
  ['name', ''],
])('%s cannot be %j', (field, value) => {
  expect(site.safeParse({ [field]: value }).success).toBe(false)
})
