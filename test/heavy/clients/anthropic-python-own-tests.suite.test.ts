import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder, pythonWith } from '../../support/python/virtual-environment.ts'
import { runProgram } from '../../support/run-program.ts'
import { chunk, json, streamHead } from '../../support/scripted-answers.ts'
import { startApp, type StartedApp } from '../../support/start-app.ts'
import {
  startScriptedUpstream,
  type ScriptedUpstream,
  type SeenRequest,
  type Step,
} from '../../support/scripted-upstream.ts'

const VERSION = '2.14.0'
const here = join(import.meta.dirname, '..', '..', 'support', 'python-clients', 'anthropic-tests')

/**
 * What the gateway refuses on purpose: a container is kept by Anthropic under the operator's key, so that it would be anybody's. The call with
 * every parameter names one.
 */
const withContainers = [
  'test_method_create_with_all_params_overload_1',
  'test_method_create_with_all_params_overload_2',
]

let upstream: ScriptedUpstream
let app: StartedApp
let outcomes: ReadonlyMap<string, string>

beforeAll(async () => {
  upstream = await startScriptedUpstream(likeAnthropic)
  app = await startApp({
    providers: { up: { type: 'anthropic', base_url: upstream.baseURL, api_key: 'a-key-of-the-upstream' } },
    models: { 'claude-*': { price: { input: '5', output: '25' }, targets: [{ provider: 'up' }] } },
  })
  outcomes = await runTests(await publishedTests())
})

afterAll(async () => {
  await app?.close()
  await upstream?.close()
})

test('the tests of messages that Anthropic publishes with its SDK for Python pass, but for the containers', () => {
  const notPassed = [...outcomes].filter(([, outcome]) => outcome !== 'PASSED' && outcome !== 'SKIPPED')
  const others = notPassed.filter(([name]) => !withContainers.some((known) => name.includes(known)))
  expect(others).toEqual([])
  expect(outcomes.size).toBeGreaterThan(100)
})

/** Answers each request with a message of Anthropic's, whole or as a stream, or with a count. */
function likeAnthropic({ path, body }: SeenRequest): readonly Step[] {
  if (path.includes('count_tokens')) return json({ input_tokens: 12 })
  const { model, stream } = JSON.parse(body) as { model: string; stream?: boolean }
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model,
    content: [{ type: 'text', text: 'Hi' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 10, output_tokens: 2 },
  }
  if (stream !== true) return json(message)
  const events = [
    { type: 'message_start', message: { ...message, content: [], stop_reason: null } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 2 } },
    { type: 'message_stop' },
  ]
  return [
    streamHead,
    ...events.map((each) => chunk(`event: ${each.type}\ndata: ${JSON.stringify(each)}\n\n`)),
    chunk(''),
  ]
}

/** What came of each test, by its name. */
async function runTests(folder: string): Promise<ReadonlyMap<string, string>> {
  const python = await pythonWith(join(here, 'requirements.txt'))
  const files = ['tests/api_resources/test_messages.py', 'tests/api_resources/beta/test_messages.py']
  const { stdout, stderr } = await runProgram(
    python,
    ['-m', 'pytest', ...files, '-n', '0', '-p', 'with_key', '-v', '--tb=short', '--no-header'],
    {
      cwd: folder,
      timeoutMs: 280_000,
      env: {
        PATH: process.env['PATH'],
        PYTHONPATH: here,
        TEST_API_BASE_URL: app.origin,
        API_KEY: app.liveKey,
      },
    },
  )
  const found = [...stdout.matchAll(/^(tests\/\S+(?: \S+\])?) (PASSED|FAILED|ERROR|SKIPPED)/gm)]
  if (found.length === 0) throw new Error(stdout + stderr)
  return new Map(found.map(([, name = '', outcome = '']) => [name, outcome]))
}

/** The sources as they are published, which have the tests with them. */
async function publishedTests(): Promise<string> {
  const folder = join(cacheFolder, 'anthropic-python-sources')
  const unpacked = join(folder, `anthropic-${VERSION}`)
  if (existsSync(join(unpacked, '.complete'))) return unpacked
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const python = await pythonWith(join(here, 'requirements.txt'))
  await step(
    python,
    ['-m', 'pip', 'download', '--quiet', '--no-deps', '--no-binary', 'anthropic', `anthropic==${VERSION}`],
    folder,
  )
  const [archive = ''] = await readdir(folder)
  await step('tar', ['xzf', archive], folder)
  await rename(join(folder, archive), join(unpacked, '.complete'))
  return unpacked
}

async function step(command: string, args: readonly string[], cwd: string): Promise<void> {
  const { code, stdout, stderr } = await runProgram(command, args, { cwd, timeoutMs: 280_000 })
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`)
}
