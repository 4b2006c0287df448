import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { realClock } from '@speka/core/node'
import { LiveConfig } from './live-config.ts'
import { ConfigError } from './config-error.ts'
import { readSettings } from './settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'speka-live-'))
const file = join(folder, 'speka.yaml')
afterAll(() => rmSync(folder, { recursive: true }))

const transport = { send: () => ({ pause() {}, resume() {}, abort() {} }) }
const world = { transport, clock: realClock, random: () => 0, instanceId: 'test' }

const alias = (name: string): string => `aliases: { ${name}: speka/sandbox }\n`

function open(): LiveConfig {
  writeFileSync(file, alias('first'))
  return new LiveConfig(readSettings({}, { config: file }), () => world)
}

const has = (live: LiveConfig, name: string): boolean => live.current.engine.table.find(name) !== undefined

/** What the listeners have heard, and a promise of the next. */
function listener() {
  const heard: (string | Error)[] = []
  let tell: (() => void) | undefined
  const next = (): Promise<void> => new Promise((resolve) => (tell = resolve))
  return {
    heard,
    next,
    listener: {
      reloaded: () => {
        heard.push('reloaded')
        tell?.()
      },
      failed: (error: Error) => {
        heard.push(error)
        tell?.()
      },
    },
  }
}

describe('a reload', () => {
  test('replaces the configuration and leaves the old one whole', () => {
    const live = open()
    const before = live.current
    const { heard, listener: hears } = listener()
    writeFileSync(file, alias('second'))
    live.reload(hears)
    expect(heard).toEqual(['reloaded'])
    expect(has(live, 'second')).toBe(true)
    expect(has(live, 'first')).toBe(false)
    expect(before.engine.table.find('first')).toBeDefined()
  })

  test.each([
    { what: 'a field nobody knows', text: `${alias('second')}nope: 1\n` },
    { what: 'YAML that is broken', text: 'aliases: {' },
    { what: 'a target nobody serves', text: `${alias('second')}models: { a: { targets: [{ provider: x }] } }\n` },
  ])('of $what changes nothing', ({ text }) => {
    const live = open()
    const before = live.current
    const { heard, listener: hears } = listener()
    writeFileSync(file, text)
    live.reload(hears)
    expect(heard).toEqual([expect.any(ConfigError)])
    expect(live.current).toBe(before)
  })

  test('of a file that went away changes nothing', () => {
    const live = open()
    const { heard, listener: hears } = listener()
    rmSync(file)
    live.reload(hears)
    expect(heard).toEqual([expect.any(ConfigError)])
    expect(has(live, 'first')).toBe(true)
  })
})

describe('a watched file', () => {
  test('is read again when it is written, once', async () => {
    const live = open()
    const { heard, next, listener: hears } = listener()
    live.watch(hears)
    const changed = next()
    writeFileSync(file, 'aliases: {')
    writeFileSync(file, alias('second'))
    await changed
    live.close()
    expect(heard).toEqual(['reloaded'])
    expect(has(live, 'second')).toBe(true)
  })

  test('is read again when another takes its place, as editors do it', async () => {
    const live = open()
    const { next, listener: hears } = listener()
    live.watch(hears)
    const changed = next()
    writeFileSync(`${file}.new`, alias('third'))
    renameSync(`${file}.new`, file)
    await changed
    live.close()
    expect(has(live, 'third')).toBe(true)
  })
})

const withLinks = process.platform === 'win32' ? test.skip : test
withLinks('a file mounted by Kubernetes is read again when the link that it is reached through turns', async () => {
  // The file is a link into "..data", which is itself a link to a folder that is replaced as a whole.
  const mount = mkdtempSync(join(tmpdir(), 'speka-mount-'))
  for (const name of ['one', 'two']) {
    mkdirSync(join(mount, name))
    writeFileSync(join(mount, name, 'speka.yaml'), alias(name))
  }
  symlinkSync('one', join(mount, '..data'))
  symlinkSync(join('..data', 'speka.yaml'), join(mount, 'speka.yaml'))
  const live = new LiveConfig(readSettings({}, { config: join(mount, 'speka.yaml') }), () => world)
  const { next, listener: hears } = listener()
  live.watch(hears)
  const changed = next()
  symlinkSync('two', join(mount, '..data.new'))
  renameSync(join(mount, '..data.new'), join(mount, '..data'))
  await changed
  live.close()
  expect(has(live, 'two')).toBe(true)
})

test('each configuration says what world its engine lives in', () => {
  writeFileSync(file, 'timeouts: { connect_ms: 1234 }\n')
  const asked: unknown[] = []
  const live = new LiveConfig(readSettings({}, { config: file }), ({ gateway }) => {
    asked.push(gateway.timeouts?.connect_ms)
    return world
  })
  writeFileSync(file, '')
  live.reload(listener().listener)
  expect(asked).toEqual([1234, undefined])
})
