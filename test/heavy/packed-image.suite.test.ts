import { chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { chmod, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../support/free-port.ts'
import { canContain, contain, statusOf } from '../support/packaging-container.ts'
import { buildImage, type BuiltImage, bytesIn, isRoot, makeReadOnly, pathsIn } from '../support/packaging-image.ts'
import { type PackedGateway, startGateway } from '../support/packed-gateway.ts'
import { type Ended, runProgram } from '../support/run-program.ts'

if (!canContain) {
  process.stderr.write(
    'No root, or no namespaces: the image runs as this user, and what takes a namespace is skipped.\n',
  )
}
const testInNamespace = canContain ? test : test.skip

const question = { model: 'speka/sandbox', messages: [{ role: 'user', content: 'Hello!' }] }

let folder: string
let data: string
let image: BuiltImage

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'speka-image-')))
  // The user of the image must get through.
  await chmod(folder, 0o755)
  image = await buildImage(folder)
  data = join(folder, 'volume')
  mkdirSync(data, { mode: 0o700 })
  if (isRoot()) chownSync(data, image.user.uid, image.user.gid)
  if (!canContain) makeReadOnly(join(image.folder, image.workdir))
})

afterAll(async () => {
  if (folder === undefined) return
  await runProgram('chmod', ['-R', 'u+w', folder])
  await rm(folder, { recursive: true, force: true })
})

describe('what the steps of the Dockerfile leave', () => {
  test('is the two packages as they were built, and what they need', () => {
    const app = join(image.folder, image.workdir)
    expect(readdirSync(app).sort()).toEqual([
      'LICENSE',
      'node_modules',
      'package-lock.json',
      'package.json',
      'packages',
    ])
    expect(readdirSync(join(app, 'packages/core')).sort()).toEqual(['dist', 'package.json'])
    expect(readdirSync(join(app, 'packages/server')).sort()).toEqual(['dist', 'package.json'])
    const installed = readdirSync(join(app, 'node_modules'))
    expect(installed).toEqual(expect.arrayContaining(['pino', 'undici', 'yaml', 'zod']))
    for (const tool of ['typescript', 'jest', 'turbo', 'node', 'openai']) expect(installed).not.toContain(tool)
    process.stderr.write(`The image adds ${Math.round(bytesIn(app) / 1e5) / 10} MB in ${pathsIn(app).length} files.\n`)
  })

  test('holds no test, no secret and nothing of git', () => {
    const ours = pathsIn(join(image.folder, image.workdir)).filter((path) => !path.startsWith('node_modules/'))
    expect(
      ours.filter((path) => /\.test\.|\.fake\.|\.contract\.|__fixtures__|\.git|\.env|\.speka|\.tgz/.test(path)),
    ).toEqual([])
  })
})

describe('the image, running', () => {
  let gateway: PackedGateway
  let key: string

  beforeAll(async () => {
    gateway = await start()
    key = await gateway.firstKey()
  })

  test('answers', async () => {
    const response = await gateway.fetch('/v1/chat/completions', key, question)
    const { usage } = (await response.json()) as { usage: { cost: number } }
    expect(response.status).toBe(200)
    expect(usage.cost).toBeGreaterThan(0)
  })

  test('calls itself healthy to its own health check', async () => {
    expect(await inside(...image.healthCheck)).toMatchObject({ code: 0, stderr: '' })
  })

  test('lets an operator make a key inside it', async () => {
    const { stdout, code } = await inside('speka', 'keys', 'create', '--name', 'operator', '--json')
    expect(code).toBe(0)
    expect((await gateway.fetch('/v1/models', JSON.parse(stdout).key)).status).toBe(200)
  })

  test('is not root, and may not become it', () => {
    const { uid, mayGainPrivileges, capabilities } = statusOf(gateway)
    if (canContain) {
      expect({ uid, mayGainPrivileges }).toEqual({ uid: image.user.uid, mayGainPrivileges: false })
      expect(BigInt(`0x${capabilities}`)).toBe(0n)
    } else expect(uid).toBe(process.getuid?.())
  })

  testInNamespace('is process 1, and has no child left over from health checks or commands', () => {
    expect(statusOf(gateway)).toMatchObject({ pidInside: 1, children: [] })
  })

  testInNamespace.each(['/app/x', '/tmp/x', '/x', '/home/x'])('cannot write %s', async (path) => {
    const { code, stderr } = await inside('node', '-e', `require('node:fs').writeFileSync('${path}', '')`)
    expect(code).not.toBe(0)
    expect(stderr).toMatch(/EROFS|ENOENT|EACCES/)
  })

  test('keeps everything it writes in its volume', () => {
    expect(readdirSync(data)).toContain('speka.sqlite')
    expect(existsSync(join(image.folder, image.workdir, '.speka'))).toBe(false)
  })

  test('finishes the stream under way on SIGTERM, and ends with 0', async () => {
    const response = await gateway.fetch('/v1/chat/completions', key, {
      ...question,
      model: 'speka/sandbox:slow',
      stream: true,
    })
    process.kill(statusOf(gateway).pid, 'SIGTERM')
    expect((await response.text()).endsWith('data: [DONE]\n\n')).toBe(true)
    expect(await gateway.ended).toBe(0)
  })

  test('is not healthy when it has stopped', async () => {
    expect((await inside(...image.healthCheck)).code).toBe(1)
  })

  test('knows its keys when it is started again on the same volume', async () => {
    const again = await start()
    try {
      expect(again.printed()).not.toContain('Your first keys')
      expect((await again.fetch('/v1/key', key)).status).toBe(200)
    } finally {
      process.kill(statusOf(again).pid, 'SIGTERM')
    }
    expect(await again.ended).toBe(0)
  })

  testInNamespace('refuses to start on a volume that it cannot write to, and says so', async () => {
    const locked = join(folder, 'locked')
    mkdirSync(locked, { mode: 0o755 })
    const { command, args, cwd, env } = await contain(image, locked, image.command, {
      SPEKA_PORT: `${await freePort()}`,
    })
    const { code, stderr } = await runProgram(command, args, { cwd, env })
    expect(code).toBe(1)
    expect(stderr).toContain('/data')
  })
})

let port: number

/** Runs the image as `docker run` does. */
async function start(): Promise<PackedGateway> {
  port = await freePort()
  return startGateway({ ...(await contain(image, data, image.command, { SPEKA_PORT: `${port}` })), port })
}

/** Runs a program as `docker exec` does. */
async function inside(...words: string[]): Promise<Ended> {
  const { command, args, cwd, env } = await contain(image, data, words, { SPEKA_PORT: `${port}` })
  return runProgram(command, args, { cwd, env })
}
