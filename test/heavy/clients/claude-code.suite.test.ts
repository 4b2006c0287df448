import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { UsageRecord } from '@speka/core'
import { npmFolder } from '../../support/npm-folder.ts'
import { strangersEnvironment } from '../../support/pack-packages.ts'
import { runProgram, type Ended } from '../../support/run-program.ts'
import { chunk, event, headOf, streamHead } from '../../support/scripted-answers.ts'
import { startApp, type StartedApp } from '../../support/start-app.ts'
import {
  startScriptedUpstream,
  type ScriptedUpstream,
  type SeenRequest,
  type Step,
} from '../../support/scripted-upstream.ts'

/** Claude Code as it is published. */
const packages = ['@anthropic-ai/claude-code@2.1.197']

const MODEL = 'claude-sonnet-4-5'
const DONE = 'The greeting is right now.'
const BILLING_NOTE = 'x-anthropic-billing-header:'

/** What the model has Claude Code do: look at a file, mend a word in it, and say so. */
const turns = (file: string): readonly Turn[] => [
  { tool: 'Read', input: { file_path: file } },
  { tool: 'Edit', input: { file_path: file, old_string: 'Hullo', new_string: 'Hello' } },
  { say: DONE },
]

type Turn = { readonly tool: string; readonly input: object } | { readonly say: string }

/** An upstream of some shape, playing those turns: one more for each result that it is handed. */
interface Shape {
  readonly provider: 'anthropic' | 'openai-compatible'
  /** How many results of tools a request holds. */
  results(body: RequestBody): number
  answer(turn: Turn, number: number): readonly Step[]
}

interface RequestBody {
  readonly messages: readonly { readonly role: string; readonly content: unknown }[]
  readonly system?: unknown
  readonly tools?: readonly unknown[]
}

const blocksIn = (content: unknown): { type?: string }[] => (Array.isArray(content) ? content : [])

const typed = (data: { readonly type: string }): Step => chunk(`event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`)

const endOfStream = chunk('')

const likeAnthropic: Shape = {
  provider: 'anthropic',
  results: ({ messages }) =>
    messages.flatMap(({ content }) => blocksIn(content)).filter(({ type }) => type === 'tool_result').length,
  answer(turn, number) {
    const isTool = 'tool' in turn
    const message = { id: `msg_${number}`, type: 'message', role: 'assistant', model: MODEL, content: [] }
    const block = isTool
      ? { type: 'tool_use', id: `toolu_${number}`, name: turn.tool, input: {} }
      : { type: 'text', text: '' }
    const delta = isTool
      ? { type: 'input_json_delta', partial_json: JSON.stringify(turn.input) }
      : { type: 'text_delta', text: turn.say }
    const ended = { stop_reason: isTool ? 'tool_use' : 'end_turn', stop_sequence: null }
    return [
      streamHead,
      ...[
        { type: 'message_start', message: { ...message, usage: { input_tokens: 1000, output_tokens: 1 } } },
        { type: 'content_block_start', index: 0, content_block: block },
        { type: 'content_block_delta', index: 0, delta },
        { type: 'content_block_stop', index: 0 },
        { type: 'message_delta', delta: ended, usage: { output_tokens: 20 } },
        { type: 'message_stop' },
      ].map(typed),
      endOfStream,
    ]
  },
}

const likeOpenAI: Shape = {
  provider: 'openai-compatible',
  results: ({ messages }) => messages.filter(({ role }) => role === 'tool').length,
  answer(turn, number) {
    const base = { id: `chatcmpl-${number}`, object: 'chat.completion.chunk', created: 1_790_000_000, model: 'm' }
    const isTool = 'tool' in turn
    const call = isTool && {
      index: 0,
      id: `call_${number}`,
      type: 'function',
      function: { name: turn.tool, arguments: JSON.stringify(turn.input) },
    }
    const delta = { role: 'assistant', ...(call ? { tool_calls: [call] } : { content: isTool ? '' : turn.say }) }
    const usage = { prompt_tokens: 1000, completion_tokens: 20, total_tokens: 1020 }
    return [
      streamHead,
      event({ ...base, choices: [{ index: 0, delta, finish_reason: null }] }),
      event({ ...base, choices: [{ index: 0, delta: {}, finish_reason: isTool ? 'tool_calls' : 'stop' }] }),
      event({ ...base, choices: [], usage }),
      event('[DONE]'),
      endOfStream,
    ]
  },
}

interface Task {
  readonly ended: Ended
  readonly text: string
  readonly seen: readonly SeenRequest[]
  readonly records: readonly UsageRecord[]
}

describe.each([likeAnthropic, likeOpenAI])('Claude Code, with a model of an upstream of type $provider', (shape) => {
  let folder: string
  let upstream: ScriptedUpstream
  let app: StartedApp
  let task: Task

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'speka-claude-code-'))
    const file = join(folder, 'greeting.txt')
    await writeFile(file, 'Hullo, world!\n')
    upstream = await startScriptedUpstream((request) => say(shape, turns(file), request))
    app = await startApp({
      providers: { up: { type: shape.provider, base_url: upstream.baseURL, api_key: 'a-key-of-the-upstream' } },
      models: {
        [MODEL]: { price: { input: '3', output: '15' }, context_window: 200_000, targets: [{ provider: 'up' }] },
      },
    })
    task = await work(folder, app, file, upstream)
  })

  afterAll(async () => {
    await app?.close()
    await upstream?.close()
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  })

  test('reads a file, changes it, and says so', () => {
    expect(task.ended).toMatchObject({ code: 0, stdout: expect.stringContaining(DONE) })
    expect(task.text).toBe('Hello, world!\n')
  })

  test('is recorded turn by turn, as one conversation, to the pico-dollar', () => {
    const asked = task.records.filter(({ usage }) => usage.inputTokens === 1000)
    expect(asked.length).toBeGreaterThanOrEqual(3)
    for (const { outcome, endpoint, charge } of asked)
      expect({ outcome, endpoint, charge }).toEqual({
        outcome: 'complete',
        endpoint: 'messages',
        charge: 3_300_000_000n,
      })
    const sessions = new Set(asked.map(({ session }) => session))
    expect([...sessions]).toEqual([expect.stringMatching(/^[\da-f-]{36}$/)])
  })

  test('has its bookkeeping for Anthropic go to Anthropic alone', () => {
    const [first] = task.seen.filter(({ body }) => body.includes('"tools"'))
    const goes = first?.body.includes(BILLING_NOTE)
    expect(goes).toBe(shape.provider === 'anthropic')
    expect(first?.headers['anthropic-beta'] !== undefined).toBe(shape.provider === 'anthropic')
  })
})

/** The turn that a conversation has come to. Whatever is asked beside the task, without tools, is answered in a word. */
function say(shape: Shape, all: readonly Turn[], { method, body }: SeenRequest): readonly Step[] {
  if (method !== 'POST') return [{ write: headOf(404, { 'content-length': '0' }) }]
  const request = JSON.parse(body) as RequestBody
  if (request.tools === undefined || request.tools.length === 0) return shape.answer({ say: 'A greeting' }, 0)
  const number = shape.results(request)
  return shape.answer(all[number] ?? { say: DONE }, number)
}

/** Runs Claude Code on the file, told of the gateway as docs/claude-code.md says it. */
async function work(folder: string, app: StartedApp, file: string, upstream: ScriptedUpstream): Promise<Task> {
  const installed = await npmFolder('claude-code', packages)
  const program = join(installed, 'node_modules', '.bin', 'claude')
  const asked = 'There is a slip in greeting.txt. Mend it.'
  const ended = await runProgram(program, ['-p', asked, '--model', MODEL, '--allowedTools', 'Read', 'Edit'], {
    cwd: folder,
    timeoutMs: 280_000,
    env: strangersEnvironment({
      HOME: folder,
      ANTHROPIC_BASE_URL: app.origin,
      ANTHROPIC_AUTH_TOKEN: app.liveKey,
      // It speaks to nobody but the gateway.
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_TELEMETRY: '1',
      DISABLE_AUTOUPDATER: '1',
      DISABLE_ERROR_REPORTING: '1',
    }),
  })
  return { ended, text: await readFile(file, 'utf8'), seen: [...upstream.seen], records: [...app.settled] }
}
