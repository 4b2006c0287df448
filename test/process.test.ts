import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { mintKey } from '../packages/server/src/keys/key-format.ts'
import { eventually } from './support/eventually.ts'
import { freePort } from './support/free-port.ts'
import { PATIENCE_MS } from './support/patience.ts'
import { plainEnvironment } from './support/plain-environment.ts'
import { openRaw, post, type RawClient } from './support/raw-http.ts'
import { fromSource, node, spawnGateway, type Gateway, type SpawnOptions } from './support/spawn-gateway.ts'

const messages = [{ role: 'user', content: 'Hello!' }]
const folder = mkdtempSync(join(tmpdir(), 'speka-process-'))
const open: Gateway[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((gateway) => gateway.kill().then(() => gateway.close())))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function start(config: object = {}, options?: SpawnOptions): Promise<Gateway> {
  const gateway = await spawnGateway(config, options)
  open.push(gateway)
  return gateway
}

async function streamFrom(gateway: Gateway, model: string): Promise<RawClient> {
  const client = await openRaw(gateway.origin)
  client.send(post('/v1/chat/completions', gateway.key, { model, messages, stream: true }))
  return client
}

/** Runs `speka` in a process of its own until it ends by itself. */
async function runToEnd(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(node, [...fromSource, ...args], {
    cwd: folder,
    env: { ...plainEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  let complained = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complained += text))
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
  await once(child, 'close')
  clearTimeout(timer)
  return { code: child.exitCode, printed, complained }
}

describe('SIGTERM', () => {
  test('lets streams finish, refuses what is new, and exits 0', async () => {
    const gateway = await start({ shutdown: { delay_ms: 1500 } })
    const streams = await Promise.all(Array.from({ length: 20 }, () => streamFrom(gateway, 'speka/sandbox:slow')))
    await Promise.all(streams.map((client) => client.until('"content"')))
    gateway.signal('SIGTERM')
    // Load balancers get a moment to notice.
    await eventually(async () => (await fetch(`${gateway.origin}/readyz`)).status === 503, 'not ready any more')
    expect((await fetch(`${gateway.origin}/healthz`)).status).toBe(200)
    await eventually(
      () =>
        openRaw(gateway.origin).then(
          (client) => (client.destroy(), false),
          () => true,
        ),
      'new connections are refused',
    )
    await Promise.all(streams.map((client) => client.until('[DONE]')))
    expect(await gateway.exited()).toBe(0)
  })

  test('a second one ends streams with an error event', async () => {
    const gateway = await start()
    const client = await streamFrom(gateway, 'speka/sandbox:stall@3')
    await client.until('"content"')
    gateway.signal('SIGTERM')
    // The first may come twice: from the terminal and through npm.
    gateway.signal('SIGTERM')
    await eventually(
      () =>
        fetch(`${gateway.origin}/readyz`).then(
          ({ ok }) => !ok,
          () => true,
        ),
      'it has heard of it',
    )
    await wait(1100)
    expect(client.received()).not.toContain('server_shutdown')
    gateway.signal('SIGTERM')
    await client.until('"code":"server_shutdown"')
    expect((await client.closed()).text).not.toContain('[DONE]')
    expect(await gateway.exited()).toBe(0)
    await gateway.restart()
    const id = /x-request-id: (\S+)/.exec(client.received())?.[1]
    const record = await fetch(`${gateway.baseURL}/generation?id=${id}`, {
      headers: { authorization: `Bearer ${gateway.key}` },
    })
    expect(await record.json()).toMatchObject({ outcome: 'cancelled', model: 'speka/sandbox:stall@3' })
  })

  test('is not held up by a client that does not read, nor by one that keeps its connection', async () => {
    const gateway = await start({ shutdown: { timeout_ms: 200 } })
    const stuck = await streamFrom(gateway, 'speka/sandbox:long@200000')
    stuck.socket.pause()
    const idle = await openRaw(gateway.origin)
    idle.send('GET /healthz HTTP/1.1\r\nHost: g\r\n\r\n')
    await idle.until('"ok"')
    await wait(200)
    gateway.signal('SIGTERM')
    expect(await gateway.exited()).toBe(0)
    stuck.destroy()
  })
})

const alias = (name: string, key: string): string =>
  JSON.stringify({ keys: [{ name: 'tests', key }], aliases: { [name]: 'speka/sandbox' } })

const knows = async (gateway: Gateway, model: string): Promise<boolean> =>
  (await fetch(`${gateway.baseURL}/models/${model}`, { headers: { authorization: `Bearer ${gateway.key}` } })).ok

const replace = (gateway: Gateway, text: string): void => {
  writeFileSync(`${gateway.configFile}.new`, text)
  renameSync(`${gateway.configFile}.new`, gateway.configFile)
}

describe('a reload', () => {
  test('comes with a change of the file or with SIGHUP, all or nothing; what is under way ends on the old one', async () => {
    const gateway = await start({ aliases: { first: 'speka/sandbox:slow' } })
    const client = await streamFrom(gateway, 'first')
    await client.until('"content"')

    replace(gateway, alias('second', gateway.key))
    await eventually(() => knows(gateway, 'second'), 'the new file is in force')
    expect(await knows(gateway, 'first')).toBe(false)
    await client.until('[DONE]')

    replace(gateway, `${alias('third', gateway.key).slice(0, -1)},"nope":1}`)
    gateway.signal('SIGHUP')
    const complaint = `${gateway.configFile}:1 nope: is not a known field`
    await eventually(() => gateway.logs().includes(complaint), 'the mistake is in the log')
    expect(gateway.logs()).toContain('configuration not reloaded, the old one goes on')
    expect(await knows(gateway, 'second')).toBe(true)
    expect(await knows(gateway, 'third')).toBe(false)

    replace(gateway, alias('fourth', gateway.key))
    gateway.signal('SIGHUP')
    await eventually(() => knows(gateway, 'fourth'), 'the mended file is in force')
  })

  test('takes keys away, and gives new ones', async () => {
    const gateway = await start()
    const other = mintKey('live')
    const status = async (key: string): Promise<number> =>
      (await fetch(`${gateway.baseURL}/key`, { headers: { authorization: `Bearer ${key}` } })).status
    expect([await status(gateway.key), await status(other)]).toEqual([200, 401])
    replace(gateway, alias('x', other))
    await eventually(async () => (await status(other)) === 200, 'the new key is valid')
    expect(await status(gateway.key)).toBe(401)
  })
})

describe('a start that cannot be', () => {
  test('because the port is in use says so in one line', async () => {
    const gateway = await start()
    const port = new URL(gateway.origin).port
    const { code, printed, complained } = await runToEnd(['start', '--port', port, '--data', join(folder, 'second')])
    expect({ code, printed }).toEqual({ code: 1, printed: '' })
    expect(complained).toMatch(
      new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is in use\\. .*speka start --port \\d+\\n$`),
    )
  })

  test('because the data folder is a file says so in one line', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, 'mine')
    const { code, complained } = await runToEnd(['start', '--port', '0', '--data', file])
    expect(code).toBe(1)
    expect(complained).toMatch(/^[^\n]*file[^\n]*\n$/)
    expect(complained).not.toMatch(/\bat \S+:\d+|Error:/)
    expect(readFileSync(file, 'utf8')).toBe('mine')
  })

  test('because of its configuration says where', async () => {
    writeFileSync(join(folder, 'wrong.yaml'), 'models:\n  a: { target: [] }\n')
    const { code, complained } = await runToEnd(['start', '--config', 'wrong.yaml'], { SPEKA_PORT: '0' })
    expect({ code, complained }).toEqual({
      code: 1,
      complained: 'wrong.yaml:2 models.a.target: is not a known field\n',
    })
  })

  test('because responses are to be kept without a key, or in a file that is none, says so in one line', async () => {
    writeFileSync(join(folder, 'no-key.yaml'), 'responses:\n  keep: { days: 30 }\n')
    const noKey = await runToEnd(['start', '--config', 'no-key.yaml'], { SPEKA_PORT: '0' })
    expect(noKey.code).toBe(1)
    expect(noKey.complained).toMatch(
      /^no-key\.yaml:2 responses\.keep\.encryption_key: .*Make one with: openssl rand -base64 32\n$/,
    )
    const encryptionKey = 'q83vEjRWeJqrze8BI0VniavN7wEjRWeJq83vASNFZ4k='
    writeFileSync(join(folder, 'keep.yaml'), `responses: { keep: { encryption_key: ${encryptionKey} } }\n`)
    const data = join(folder, 'no-database')
    mkdirSync(data)
    const file = join(data, 'speka-responses.sqlite')
    writeFileSync(file, 'mine, '.repeat(1000))
    const noFile = await runToEnd([
      'start',
      '--config',
      'keep.yaml',
      '--port',
      '0',
      '--admin-port',
      '0',
      '--data',
      data,
    ])
    expect(noFile.code).toBe(1)
    expect(noFile.complained).toMatch(/^[^\n]*speka-responses\.sqlite[^\n]*\n$/)
    expect(noFile.complained).not.toContain(encryptionKey)
    expect(readFileSync(file, 'utf8')).toMatch(/^mine, /)
  })
})

describe('the first start', () => {
  test('shows its keys once; a reader that leaves does not end it; the second start shows none', async () => {
    const data = join(folder, 'first')
    const port = await freePort()
    mkdirSync(join(folder, 'home'))
    writeFileSync(join(folder, '.env'), `SPEKA_DATA_DIR=${data}\nSPEKA_PORT=1\n`)
    // The environment goes before .env, and what it leaves empty is as good as not there.
    const env = { ...plainEnvironment(), SPEKA_PORT: `${port}`, SPEKA_DATA_DIR: '' }
    const begin = (more: object = {}) =>
      spawn(node, [...fromSource, 'start'], {
        cwd: folder,
        env: { ...env, ...more },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
    const readiness = () =>
      eventually(
        () =>
          fetch(`http://127.0.0.1:${port}/readyz`).then(
            ({ ok }) => ok,
            () => false,
          ),
        'it is ready',
      )

    const first = begin()
    let shown = ''
    first.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text))
    await eventually(() => shown.includes('Hello!'), 'it has greeted')
    const key = /sk-speka-live-\w+/.exec(shown)?.[0] ?? ''
    expect(shown).toMatch(/sk-speka-test-\w+/)
    expect(shown).toContain(`http://127.0.0.1:${port}/v1`)
    expect(existsSync(join(data, 'speka.sqlite'))).toBe(true)
    const answer = () =>
      fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}` },
        body: JSON.stringify({ model: 'speka/sandbox', messages }),
      })
    expect((await answer()).status).toBe(200)
    first.kill('SIGTERM')
    await once(first, 'exit')

    const second = begin()
    let again = ''
    second.stdout.setEncoding('utf8').on('data', (text: string) => (again += text))
    await readiness()
    second.kill('SIGTERM')
    await once(second, 'exit')
    expect(again).toContain('Speka is listening')
    expect(again).not.toContain('sk-speka-')

    // As `speka start | head -0`: nobody reads the greeting, nor the log.
    const third = begin({ SPEKA_LOG_LEVEL: 'debug' })
    third.stdout.destroy()
    third.stderr.destroy()
    await readiness()
    for (let count = 0; count < 5; count += 1) expect((await answer()).status).toBe(200)
    expect(third.exitCode).toBeNull()
    third.kill('SIGTERM')
    await once(third, 'exit')
    expect(third.exitCode).toBe(0)
    rmSync(join(folder, '.env'))
  })
})

test('a log that nobody reads holds up neither requests nor the end', async () => {
  const port = await freePort()
  const env = { ...plainEnvironment(), SPEKA_LOG_LEVEL: 'debug', SPEKA_PORT: `${port}` }
  const key = mintKey('live')
  writeFileSync(join(folder, 'keys.yaml'), `keys: [{ name: k, key: ${key} }]\n`)
  const args = ['start', '--config', 'keys.yaml', '--data', join(folder, 'unread')]
  const child = spawn(node, [...fromSource, ...args], { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] })
  const ask = () =>
    fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify({ model: 'speka/sandbox', messages }),
    }).then(
      async (response) => (await response.text(), response.status),
      () => 0,
    )
  await eventually(async () => (await ask()) === 200, 'it answers')
  // More than the pipe holds.
  for (let round = 0; round < 30; round += 1)
    expect(new Set(await Promise.all(Array.from({ length: 20 }, ask)))).toEqual(new Set([200]))
  child.kill('SIGTERM')
  const ended = await Promise.race([once(child, 'exit').then(() => true), wait(PATIENCE_MS, false, { ref: false })])
  child.kill('SIGKILL')
  expect([ended, child.exitCode]).toEqual([true, 0])
})
