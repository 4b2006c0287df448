import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { UsageRecord } from '@speka/core'
import { npmFolder } from '../../support/npm-folder.ts'
import { strangersEnvironment } from '../../support/pack-packages.ts'
import { runProgram, type Ended } from '../../support/run-program.ts'
import { chunk, event, streamHead } from '../../support/scripted-answers.ts'
import { startApp, type StartedApp } from '../../support/start-app.ts'
import {
  startScriptedUpstream,
  type ScriptedUpstream,
  type SeenRequest,
  type Step,
} from '../../support/scripted-upstream.ts'

/** Codex as it is published. */
const packages = ['@openai/codex@0.171.0']

const DONE = 'The greeting is right now.'
const COMMAND = 'sed -i s/Hullo/Hello/ greeting.txt'

/** An upstream of some shape: it asks for the command first, and says that all is done once it is handed the result. */
interface Shape {
  readonly provider: 'openai' | 'openai-compatible'
  readonly model: string
  /** What Codex is told not to use, for a model that is asked by way of chat. */
  readonly without: readonly string[]
  hasResult(body: string): boolean
  call(): readonly Step[]
  say(): readonly Step[]
}

const endOfStream = chunk('')

interface ScriptedEvent {
  readonly type: string
  readonly [field: string]: unknown
}

const inResponses = (item: object, pieces: readonly ScriptedEvent[]): readonly Step[] => {
  const response = {
    id: 'resp_1',
    object: 'response',
    created_at: 1_790_000_000,
    model: 'gpt-5.6',
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
  }
  const usage = {
    input_tokens: 1000,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens: 20,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 1020,
  }
  const events = [
    { type: 'response.created', response: { ...response, status: 'in_progress', output: [] } },
    { type: 'response.output_item.added', output_index: 0, item: { ...item, status: 'in_progress' } },
    ...pieces,
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: { ...response, status: 'completed', output: [item], usage } },
  ]
  return [
    streamHead,
    ...events.map((each, number) =>
      chunk(`event: ${each.type}\ndata: ${JSON.stringify({ ...each, sequence_number: number })}\n\n`),
    ),
    endOfStream,
  ]
}

const byResponses: Shape = {
  provider: 'openai',
  model: 'gpt-5.6',
  without: [],
  hasResult: (body) => body.includes('"function_call_output"'),
  call() {
    const given = JSON.stringify({ cmd: COMMAND })
    const item = { id: 'fc_1', type: 'function_call', call_id: 'call_1', name: 'exec_command', arguments: given }
    return inResponses({ ...item, status: 'completed' }, [
      {
        type: 'response.function_call_arguments.done',
        item_id: 'fc_1',
        name: 'exec_command',
        output_index: 0,
        arguments: given,
      },
    ])
  },
  say() {
    const content = [{ type: 'output_text', text: DONE, annotations: [], logprobs: [] }]
    return inResponses({ id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content }, [
      {
        type: 'response.output_text.delta',
        item_id: 'msg_1',
        output_index: 0,
        content_index: 0,
        delta: DONE,
        logprobs: [],
      },
    ])
  },
}

const inChat = (delta: object, finishReason: string): readonly Step[] => {
  const base = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_790_000_000, model: 'm' }
  const usage = { prompt_tokens: 1000, completion_tokens: 20, total_tokens: 1020 }
  return [
    streamHead,
    event({ ...base, choices: [{ index: 0, delta: { role: 'assistant', ...delta }, finish_reason: null }] }),
    event({ ...base, choices: [{ index: 0, delta: {}, finish_reason: finishReason }] }),
    event({ ...base, choices: [], usage }),
    event('[DONE]'),
    endOfStream,
  ]
}

const byChat: Shape = {
  provider: 'openai-compatible',
  model: 'open-model',
  // What OpenAI alone runs, and tools in groups, have no word in chat.
  without: ['-c', 'web_search="disabled"', '-c', 'features.multi_agent=false'],
  hasResult: (body) => body.includes('"role":"tool"'),
  call: () =>
    inChat(
      {
        tool_calls: [
          {
            index: 0,
            id: 'call_1',
            type: 'function',
            function: { name: 'exec_command', arguments: JSON.stringify({ cmd: COMMAND }) },
          },
        ],
      },
      'tool_calls',
    ),
  say: () => inChat({ content: DONE }, 'stop'),
}

interface Task {
  readonly ended: Ended
  readonly text: string
  readonly records: readonly UsageRecord[]
}

describe.each([byResponses, byChat])('Codex, with a model of an upstream of type $provider', (shape) => {
  let folder: string
  let upstream: ScriptedUpstream
  let app: StartedApp
  let task: Task

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'speka-codex-'))
    await mkdir(join(folder, 'work'))
    await writeFile(join(folder, 'work', 'greeting.txt'), 'Hullo, world!\n')
    upstream = await startScriptedUpstream(({ body }: SeenRequest) =>
      shape.hasResult(body) ? shape.say() : shape.call(),
    )
    app = await startApp({
      providers: { up: { type: shape.provider, base_url: upstream.baseURL, api_key: 'a-key-of-the-upstream' } },
      models: {
        [shape.model]: { price: { input: '2', output: '8' }, context_window: 200_000, targets: [{ provider: 'up' }] },
      },
    })
    task = await work(folder, app, shape)
  })

  afterAll(async () => {
    await app?.close()
    await upstream?.close()
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  })

  test('has a command run that changes a file, and says so', () => {
    expect(task.ended).toMatchObject({ code: 0, stdout: expect.stringContaining(DONE) })
    expect(task.text).toBe('Hello, world!\n')
  })

  test('is recorded turn by turn, to the pico-dollar', () => {
    expect(task.records.map(({ outcome, endpoint, charge }) => ({ outcome, endpoint, charge }))).toEqual([
      { outcome: 'complete', endpoint: 'responses', charge: 2_160_000_000n },
      { outcome: 'complete', endpoint: 'responses', charge: 2_160_000_000n },
    ])
  })
})

/** Runs Codex beside the file, told of the gateway as docs/clients.md says it. */
async function work(folder: string, app: StartedApp, shape: Shape): Promise<Task> {
  const installed = await npmFolder('codex', packages)
  const home = join(folder, 'home')
  await mkdir(home)
  await writeFile(
    join(home, 'config.toml'),
    `model = "${shape.model}"
model_provider = "speka"
check_for_update_on_startup = false

[analytics]
enabled = false

[model_providers.speka]
name = "Speka"
base_url = "${app.origin}/v1"
env_key = "SPEKA_API_KEY"
wire_api = "responses"
`,
  )
  // A sandbox of its own cannot be had everywhere that tests run. The one command is known.
  const flags = ['--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', ...shape.without]
  const ended = await runProgram(
    join(installed, 'node_modules', '.bin', 'codex'),
    ['exec', ...flags, 'There is a slip in greeting.txt. Mend it.'],
    {
      cwd: join(folder, 'work'),
      timeoutMs: 280_000,
      env: strangersEnvironment({ HOME: home, CODEX_HOME: home, SPEKA_API_KEY: app.liveKey }),
    },
  )
  const text = await readFile(join(folder, 'work', 'greeting.txt'), 'utf8')
  return { ended, text, records: [...app.settled] }
}
