import { spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startsGateway } from '../packages/server/src/cli/node-flags.ts'
import { fromSource, node } from './support/spawn-gateway.ts'

/** Tells on standard error what a process has loaded when it ends. */
const TELL_LOADED = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module'
  const loaded = []
  registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })
  process.on('exit', () => console.error(loaded.join('\\n')))
`)}`

/** What only a gateway needs that runs. */
const OF_A_GATEWAY = ['/server/src/server.ts', '/server/src/app.ts', '/undici/', '/js-tiktoken/', '/pino/', '/yaml/']

function loadedBy(...args: string[]): string {
  const data = mkdtempSync(join(tmpdir(), 'speka-'))
  const { status, stderr } = spawnSync(node, ['--import', TELL_LOADED, ...fromSource, ...args], {
    encoding: 'utf8',
    env: { ...process.env, SPEKA_DATA_DIR: data },
  })
  expect(status).toBe(0)
  return stderr
}

describe('a command', () => {
  test.each([[['--version']], [['usage', '--by', 'key']], [['keys', 'list']], [['audit']]])(
    '%j loads nothing of a gateway that runs',
    (args) => {
      const loaded = loadedBy(...args)
      expect(loaded).toContain('/server/src/cli/run-cli.ts')
      expect(OF_A_GATEWAY.filter((part) => loaded.includes(part))).toEqual([])
    },
  )

  test('"help" loads all of it, for what each says of itself', () => {
    const loaded = loadedBy('help')
    expect(loaded).toContain('/server/src/server.ts')
    expect(loaded).toContain('/undici/')
  })

  test.each([
    { args: [], starts: true },
    { args: ['start'], starts: true },
    { args: ['--port', '0'], starts: true },
    { args: ['--version'], starts: false },
    { args: ['--help'], starts: false },
    { args: ['-h'], starts: false },
    { args: ['usage', '--by', 'key'], starts: false },
  ])('$args is the start of a gateway: $starts', ({ args, starts }) => {
    expect(startsGateway(args)).toBe(starts)
  })
})
