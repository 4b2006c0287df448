import { existsSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/free-port.ts'
import { type PackedGateway, startGateway } from '../support/packed-gateway.ts'
import { OLDEST_NODE, PINNED_NODE } from '../support/packed-node.ts'
import { installProject, type PackedProject } from '../support/packed-project.ts'
import { done, manifestIn, packPackages, published, root, type Tarball } from '../support/pack-packages.ts'
import { runProgram } from '../support/run-program.ts'

type Answer = {
  model: string
  choices: { message: { content: string } }[]
  usage: { cost: number; cost_details: { total: string } }
}

const question = { model: 'speka/sandbox', messages: [{ role: 'user', content: 'Hello!' }] }

/** What a browser is sent: made by a bundler, and not by a file from a source each. */
const isOfConsole = (file: string): boolean => file.startsWith('dist/console/')

/** The guides, as the public pages show them. */
const isOfDocs = (file: string): boolean => file.startsWith('dist/site-docs/')

const isCode = (file: string): boolean => !isOfConsole(file) && !isOfDocs(file)

let tarballs: Awaited<ReturnType<typeof packPackages>>

beforeAll(async () => {
  tarballs = await packPackages()
})

afterAll(async () => {
  if (tarballs !== undefined) await rm(dirname(tarballs.core.file), { recursive: true, force: true })
})

describe('the tarballs', () => {
  test.each(published)('%s holds what was built, a README, the licence, and nothing else', (name) => {
    const { files } = tarballs[name]
    expect(files.filter((file) => !file.startsWith('dist/')).sort()).toEqual(['LICENSE', 'README.md', 'package.json'])
    const code = files.filter(isCode)
    expect(code.filter((file) => !/\.(?:js|cjs|d\.ts|d\.cts|json|md)$|^LICENSE$/.test(file))).toEqual([])
    expect(code.filter((file) => /\.(?:test|contract|fake)\.|__fixtures__/.test(file))).toEqual([])
  })

  test('every file of the server was made from a source that exists', () => {
    const sources = tarballs.server.files
      .filter((file) => file.startsWith('dist/') && isCode(file))
      .map((file) => file.replace(/^dist\//, 'packages/server/src/').replace(/(?:\.d\.ts|\.js)$/, '.ts'))
    for (const source of sources) expect(readFileSync(join(root, source), 'utf8')).not.toBe('')
  })

  test('the server has the console in it, each file compressed beside', () => {
    const files = tarballs.server.files.filter(isOfConsole)
    const plain = files.filter((file) => !file.endsWith('.gz'))
    expect(plain).toContain('dist/console/index.html')
    expect(plain.filter((file) => !/\.(?:html|css|js|svg)$/.test(file))).toEqual([])
    expect(files.filter((file) => file.endsWith('.gz')).sort()).toEqual(plain.map((file) => `${file}.gz`).sort())
  })

  test.each(published)('a rehearsal of publishing %s succeeds', async (name) => {
    const { stdout, stderr } = await done('npm', ['publish', '--dry-run', '--json', tarballs[name].file])
    expect(stdout).toContain(tarballs[name].name)
    expect(stderr).not.toMatch(/auto-?correct/i)
  })

  test('sizes', () => {
    for (const { name, size, unpackedSize, files } of Object.values(tarballs)) {
      process.stderr.write(`${name}: ${kilobytes(size)} packed, ${kilobytes(unpackedSize)} in ${files.length} files\n`)
    }
    // The engine three times: for CommonJS, for ES modules with undici within, and for runtimes without Node.
    expect(tarballs.core.size).toBeLessThan(3 * 330_000 + 200_000)
    // The server itself; the console: 300 KB at most, twice, since a browser is sent it compressed or not; the guides with pictures.
    expect(tarballs.server.size).toBeLessThan(650_000 + 2 * 300_000 + 550_000)
  })
})

/** An optional peer of core, asked for when AWS is to be signed for. */
const SIGNER = 'aws4fetch'

describe.each([OLDEST_NODE, PINNED_NODE])('on Node %s, installed in an empty project', (version) => {
  let project: PackedProject

  beforeAll(async () => {
    project = await installProject(version, [tarballs.core, tarballs.server], typesFor())
  })

  afterAll(() => project?.remove())

  test('it is that Node', async () => {
    expect(await project.run('node', '--version')).toMatchObject({ stdout: `v${version}\n`, code: 0 })
  })

  test('nothing was installed that no manifest asked for, and nothing twice', async () => {
    const { stdout, code } = await project.run('npm', 'ls', '--all', '--json')
    expect(code).toBe(0)
    expect(stdout).not.toMatch(/"(?:problems|invalid|extraneous|overridden)": (?!false)/)
    expect(readFileSync(join(project.folder, 'package-lock.json'), 'utf8')).not.toContain('hasInstallScript')
  })

  test('core is imported', async () => {
    const file = await project.write('import.mjs', `${esm}console.log(JSON.stringify(await ask(createGateway)))\n`)
    expect(await answered(file)).toEqual({
      model: 'speka/sandbox',
      cost: expect.stringMatching(/^0\.0\d+$/),
      own: true,
    })
  })

  test('core is required', async () => {
    const file = await project.write(
      'require.cjs',
      `${cjs}ask(createGateway).then((a) => console.log(JSON.stringify(a)))\n`,
    )
    expect(await answered(file)).toEqual({
      model: 'speka/sandbox',
      cost: expect.stringMatching(/^0\.0\d+$/),
      own: true,
    })
  })

  test.each(['index.js', 'index.cjs', 'internal.js', 'internal.cjs'])(
    'a bundler that starts at %s of core meets no undici',
    (entry) => {
      expect(outsideOf(join(project.folder, 'node_modules/@speka/core/dist', entry))).toEqual(['node:crypto'])
    },
  )

  test('node.cjs of core needs undici, and to sign for AWS what is installed for that, and nothing more', () => {
    const entry = join(project.folder, 'node_modules/@speka/core/dist/node.cjs')
    expect(outsideOf(entry).filter((name) => !isBuiltin(name))).toEqual([SIGNER, 'undici'])
    expect(existsSync(join(project.folder, 'node_modules', SIGNER))).toBe(false)
  })

  test('node.js of core has undici within it, with its licence, and asks for nothing that an old Node lacks', () => {
    const folder = join(project.folder, 'node_modules/@speka/core/dist')
    const outside = outsideOf(join(folder, 'node.js'))
    expect(outside.filter((name) => !isBuiltin(name) || name === 'node:sqlite')).toEqual([SIGNER])
    expect(readFileSync(join(folder, 'undici-license.md'), 'utf8')).toContain('MIT License')
  })

  test.each(['index.js', 'edge.js', 'internal.js'])('edge/%s of core needs nothing of Node', (entry) => {
    expect(outsideOf(join(project.folder, 'node_modules/@speka/core/dist/edge', entry))).toEqual([])
  })

  test('the server is imported', async () => {
    const file = await project.write(
      'server.mjs',
      `import { readSettings } from '@speka/server'\nconsole.log(JSON.stringify(readSettings({}).port))\n`,
    )
    expect(await answered(file)).toBe(7735)
  })

  test.each([
    { what: 'an ES module', file: 'module.mts', options: { module: 'nodenext' } },
    { what: 'a CommonJS module', file: 'common.cts', options: { module: 'nodenext' } },
    { what: 'a file of a bundler', file: 'bundled.ts', options: { module: 'esnext', moduleResolution: 'bundler' } },
    {
      what: 'a file compiled to CommonJS',
      file: 'compiled.ts',
      options: { module: 'commonjs', moduleResolution: 'bundler' },
    },
  ])('TypeScript checks $what that uses it, declarations included', async ({ file, options }) => {
    await project.write(file, consumer)
    const config = await project.write(
      'tsconfig.json',
      JSON.stringify({
        compilerOptions: {
          ...options,
          target: 'es2022',
          strict: true,
          skipLibCheck: false,
          noEmit: true,
          types: ['node'],
        },
        files: [file],
      }),
    )
    const { stdout, code } = await project.run('node', join(root, 'node_modules/typescript/bin/tsc'), '-p', config)
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  })

  test('npx speka knows its version', async () => {
    const { stdout, code } = await project.run('npx', '--no-install', 'speka', '--version')
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${manifestIn('packages/server').version}\n` })
  })

  test('npx speka makes a key and examines the folder', async () => {
    const data = ['--data', join(project.folder, 'other-data')]
    const { stdout } = await project.run(
      'npx',
      '--no-install',
      'speka',
      'keys',
      'create',
      '--name',
      'app',
      '--json',
      ...data,
    )
    expect(JSON.parse(stdout)).toMatchObject({
      id: expect.any(String),
      key: expect.stringMatching(/^sk-speka-live-/),
      name: 'app',
    })
    const { stdout: findings, code } = await project.run('npx', '--no-install', 'speka', 'doctor', '--json', ...data)
    expect(code).toBe(0)
    expect(JSON.parse(findings)).toContainEqual({ what: 'node', state: 'ok', says: `v${version}` })
    expect(JSON.parse(findings)).toContainEqual(expect.objectContaining({ what: 'store', state: 'ok' }))
  })

  test('npx speka start prints a curl that works, and ends when its terminal is closed', async () => {
    const port = await freePort()
    const gateway = await startGateway({
      command: 'npx',
      args: ['--no-install', 'speka', 'start', '--port', `${port}`],
      cwd: project.folder,
      env: project.env,
      port,
      detached: true,
    })
    try {
      await gateway.firstKey()
      const [, command = ''] = /^ {2}(curl [\s\S]*?'\{.*\}')$/m.exec(gateway.printed()) ?? []
      const { stdout } = await runProgram('sh', ['-c', command])
      const answer = JSON.parse(stdout) as Answer
      expect(answer.choices[0]?.message.content).toContain('Hello!')
      expect(answer.usage.cost).toBeGreaterThan(0)
    } finally {
      // The whole group: npm passes no signal on to what it runs.
      process.kill(-gateway.pid, 'SIGTERM')
    }
    await gateway.ended
    await closed(gateway)
  })

  describe('the gateway', () => {
    let gateway: PackedGateway
    let key: string

    const chat = (more: object) => gateway.fetch('/v1/chat/completions', key, { ...question, ...more })

    beforeAll(async () => {
      const port = await freePort()
      const config = await project.write('speka.yaml', 'aliases: { first: speka/sandbox }\n')
      gateway = await startGateway({
        command: join(project.folder, 'node_modules/.bin/speka'),
        args: ['start', '--port', `${port}`, '--config', config, '--data', join(project.folder, 'data')],
        cwd: project.folder,
        env: project.env,
        port,
      })
      key = await gateway.firstKey()
    })

    // The last test ends it; one that could not begin leaves nothing running either.
    afterAll(() => gateway?.kill())

    test('answers with JSON and its cost', async () => {
      const response = await chat({})
      const answer = (await response.json()) as Answer
      expect(response.status).toBe(200)
      expect(answer.usage.cost_details.total).toBe(response.headers.get('x-speka-cost-usd'))
    })

    test('streams', async () => {
      const text = await (await chat({ stream: true })).text()
      expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
      expect(text).toContain('"finish_reason":"stop"')
    })

    test('streams its cost to those who ask for usage', async () => {
      const text = await (await chat({ stream: true, stream_options: { include_usage: true } })).text()
      expect(text).toMatch(/"cost":[\d.e-]+/)
    })

    test('tries again where the upstream is limited twice', async () => {
      const response = await chat({ model: 'speka/sandbox:429x2' })
      expect(response.status).toBe(200)
      expect(response.headers.get('x-speka-attempts')).toBe('3')
    })

    test('falls back', async () => {
      const response = await chat({ model: 'speka/sandbox:500', models: ['speka/sandbox'] })
      expect(response.headers.get('x-speka-model')).toBe('speka/sandbox')
    })

    test('ends a stream that breaks with an error event, and no [DONE]', async () => {
      const text = await (await chat({ model: 'speka/sandbox:cut@3', stream: true })).text()
      expect(text).not.toContain('[DONE]')
      expect(text.trimEnd().split('\n\n').at(-1)).toMatch(/^data: \{"error":\{/)
    })

    test('refuses a wrong key', async () => {
      expect(await refusal(gateway.fetch('/v1/models', 'sk-nonsense'))).toMatchObject({
        status: 401,
        code: 'invalid_api_key',
      })
    })

    test('refuses a model that it does not know', async () => {
      expect(await refusal(chat({ model: 'speka/sandbx' }))).toMatchObject({ status: 404, code: 'model_not_found' })
    })

    test('refuses half an object', async () => {
      const response = fetch(`${gateway.origin}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: '{"model":',
      })
      expect(await refusal(response)).toMatchObject({ status: 400, code: 'invalid_json' })
    })

    test('lists its models', async () => {
      const { data } = (await (await gateway.fetch('/v1/models', key)).json()) as { data: { id: string }[] }
      expect(data.map(({ id }) => id)).toContain('speka/sandbox')
    })

    test('tells a key about itself', async () => {
      const response = await gateway.fetch('/v1/key', key)
      expect(response.status).toBe(200)
      expect(await response.text()).not.toContain(key)
    })

    test.each(['the request id', 'the id of the answer'])('finds the record of what it answered by %s', async (by) => {
      const response = await chat({})
      const request = response.headers.get('x-request-id')
      const { id } = (await response.json()) as { id: string }
      const found = await gateway.fetch(`/v1/generation?id=${by === 'the request id' ? request : id}`, key)
      expect(await found.json()).toMatchObject({ id: request, outcome: 'complete' })
    })

    test.each(['key', 'model', 'day'])('adds up by %s what was used', async (by) => {
      const data = join(project.folder, 'data')
      const { stdout, stderr } = await project.run(
        'node_modules/.bin/speka',
        'usage',
        '--by',
        by,
        '--json',
        '--data',
        data,
      )
      expect(stderr).toBe('')
      expect(JSON.parse(stdout)).not.toHaveLength(0)
    })

    test('reads a changed configuration', async () => {
      expect((await chat({ model: 'second' })).status).toBe(404)
      await project.write('speka.yaml', 'aliases: { first: speka/sandbox, second: speka/sandbox }\n')
      gateway.signal('SIGHUP')
      await eventually(async () => (await chat({ model: 'second' })).status === 200, 'the new file is in force')
    })

    test('takes a key that was made beside it, and drops one that was revoked', async () => {
      const data = ['--data', join(project.folder, 'data')]
      const speka = (...args: string[]) => project.run('node_modules/.bin/speka', ...args, ...data)
      const { key: made, id } = JSON.parse((await speka('keys', 'create', '--name', 'beside', '--json')).stdout)
      expect((await gateway.fetch('/v1/models', made)).status).toBe(200)
      await speka('keys', 'revoke', id)
      await wait(1000)
      expect((await gateway.fetch('/v1/models', made)).status).toBe(401)
    })

    test('ends with 0 on SIGTERM', async () => {
      expect(await gateway.stop()).toBe(0)
    })
  })

  const answered = async (file: string): Promise<unknown> => {
    const { stdout, stderr, code } = await project.run('node', file)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return JSON.parse(stdout)
  }
})

const ask = `
const ask = async (createGateway) => {
  const speka = createGateway({ config: {} })
  const { model, cost } = await speka.chat({ model: 'speka/sandbox', messages: [{ role: 'user', content: 'Hello!' }] })
  const error = await speka.chat({ model: 'no/such', messages: [] }).catch((error) => error)
  return { model, cost, own: SpekaError.is(error) }
}
`
const esm = `import { SpekaError } from '@speka/core'\nimport { createGateway } from '@speka/core/node'\n${ask}`
const cjs = `const { SpekaError } = require('@speka/core')\nconst { createGateway } = require('@speka/core/node')\n${ask}`

const consumer = `
import { formatUsd, parseUsd, SpekaError, type UsageRecord } from '@speka/core'
import { createGateway, type CreateGatewayOptions } from '@speka/core/node'

const options: CreateGatewayOptions = {
  config: { providers: { local: { type: 'openai-compatible', base_url: 'http://127.0.0.1:9100/v1' } } },
  onUsage: async (record: UsageRecord) => void record.model,
}
export const speka = createGateway(options)
export async function ask(): Promise<string | undefined> {
  try {
    const answer = await speka.chat({ model: 'speka/sandbox', messages: [{ role: 'user', content: 'Hello!' }] })
    const cost: string | undefined = answer.cost
    return cost ?? answer.choices[0]?.message.content ?? undefined
  } catch (error) {
    if (SpekaError.is(error)) return error.code
    throw error
  }
}
export const total: string = formatUsd(parseUsd('0.10'))
// @ts-expect-error A model has a name.
export const wrong = speka.chat({ model: 1, messages: [] })
`

/** The types of Node that this repository has, for a consumer in TypeScript. */
function typesFor(): string[] {
  return [`@types/node@${manifestIn('.').devDependencies?.['@types/node']}`]
}

/** What a built file imports from outside its package, over all files it reaches. */
function outsideOf(entry: string, seen = new Set<string>()): string[] {
  if (seen.has(entry)) return []
  seen.add(entry)
  const statement = /^(?:import|export)\b[^;'"`]*?["']([^"']+)["'];|\b(?:require|import)\(["']([^"']+)["']\)/gm
  // Without comments, in which types are imported.
  const text = readFileSync(entry, 'utf8').replace(/^\s*(?:\/\*\*|\*).*$/gm, '')
  const specifiers = [...text.matchAll(statement)].map((found) => found[1] ?? found[2] ?? '')
  const outside = specifiers.flatMap((specifier) =>
    specifier.startsWith('.') ? outsideOf(join(dirname(entry), specifier), seen) : [specifier],
  )
  return [...new Set(outside)].sort()
}

async function refusal(answer: Promise<Response>): Promise<object> {
  const response = await answer
  const { error } = (await response.json()) as { error: object }
  return { status: response.status, ...error }
}

/** Resolves when nobody listens there any more. */
async function closed({ origin }: PackedGateway): Promise<void> {
  const isClosed = async (): Promise<boolean> => {
    const response = await fetch(`${origin}/healthz`).catch(() => undefined)
    await response?.body?.cancel()
    return response === undefined
  }
  await eventually(isClosed, `${origin} is closed`)
}

const kilobytes = (bytes: Tarball['size']): string => `${Math.round(bytes / 1000)} kB`
