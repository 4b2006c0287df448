import {
  completion,
  createFakeTransport,
  finish,
  json,
  role,
  stream,
  usageEvent,
  word,
  type ReplyScript,
} from '../attempt/transport.fake.ts'
import { typedFrame } from '../bytes/frames.ts'
import type { GatewayConfig } from '../config.ts'
import { createEngine } from '../create-engine.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { readCompletions } from '../dialects/completions/completions.ts'
import { readMessages } from '../dialects/messages/messages.ts'
import { readResponses } from '../dialects/responses/responses.ts'
import { createFakeAdmission } from '../limits/admission.fake.ts'
import { limitedBy, moneyLimit } from '../limits/limits.fake.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import { readChatCall } from '../operations/chat/chat-call.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'
import type { Bytes } from '../transport.ts'
import { mintRequestId } from '../uuid.ts'
import type { CallFacts } from '../wire/call-facts.ts'
import type { Call } from '../operations/call.ts'
import { errorFrame } from '../wire/error-body.ts'
import { interpret } from './in-dialect.ts'

const price = { input: '1', output: '2' }
const config: GatewayConfig = {
  providers: {
    openai: { type: 'openai', base_url: 'http://openai/v1', api_key: 'k' },
    anthropic: { type: 'anthropic', base_url: 'http://anthropic/v1', api_key: 'k' },
    chat: { type: 'openai-compatible', base_url: 'http://chat/v1' },
  },
  models: {
    chat: { targets: [{ provider: 'chat', model: 'up' }], price },
    openai: { targets: [{ provider: 'openai', model: 'gpt-4o' }], price },
    claude: { targets: [{ provider: 'anthropic', model: 'claude-opus-4-5' }], price },
  },
}

interface Row {
  readonly name: string
  readonly model: string
  readonly request: object
  read(body: Bytes, facts: CallFacts): Call | Dialect
  /** What the upstream answers that has come to its bound. */
  readonly whole: object
  readonly events: readonly string[]
  /** What the caller of a whole answer sees. */
  readonly told: object
}

const usage = { input_tokens: 10, output_tokens: 5 }
const messages = [{ role: 'user', content: 'hi' }]
const ofChat = {
  model: 'chat',
  whole: JSON.parse(JSON.stringify(completion()).replace('"stop"', '"length"')) as object,
  events: [role(), word('Hi'), finish().replace('"stop"', '"length"'), usageEvent, 'data: [DONE]\n\n'],
}

const response = {
  id: 'resp_1',
  object: 'response',
  status: 'incomplete',
  incomplete_details: { reason: 'max_output_tokens' },
  model: 'gpt-4o',
  output: [
    { id: 'm', type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hi', annotations: [] }] },
  ],
  usage: { ...usage, total_tokens: 15 },
}
const rows: readonly Row[] = [
  {
    name: 'chat',
    request: { messages },
    read: readChatCall,
    told: { choices: [{ finish_reason: 'budget_exhausted' }] },
    ...ofChat,
  },
  {
    name: 'responses',
    request: { input: 'hi' },
    read: readResponses,
    told: { status: 'incomplete', incomplete_details: { reason: 'budget_exhausted' } },
    ...ofChat,
  },
  {
    name: 'responses at a target that speaks them',
    model: 'openai',
    request: { input: 'hi' },
    read: readResponses,
    whole: response,
    events: [
      typedFrame({
        type: 'response.created',
        sequence_number: 0,
        response: { ...response, status: 'in_progress' },
      }).toString(),
      typedFrame({ type: 'response.output_text.delta', sequence_number: 1, item_id: 'm', delta: 'Hi' }).toString(),
      typedFrame({ type: 'response.incomplete', sequence_number: 2, response }).toString(),
    ],
    told: { status: 'incomplete', incomplete_details: { reason: 'budget_exhausted' } },
  },
]

async function ask({ model, request, read }: Row, script: ReplyScript, streams: boolean, usd = '0.009') {
  const clock = createFakeClock()
  const transport = createFakeTransport(clock, [script])
  const limits = limitedBy([moneyLimit({ usd })], createFakeAdmission())
  const engine = createEngine({ config, instanceId: 'here', transport, clock, random: () => 0.5, limits })
  const body = Buffer.from(JSON.stringify({ model, ...request, ...(streams && { stream: true }) }))
  const pieces: Bytes[] = []
  let record: UsageRecord | undefined
  const [asked, call] = interpret(engine, read(body, { id: mintRequestId(clock.now()), receivedAt: clock.now() }))
  asked.start(call, {
    commit() {},
    write: (frames) => pieces.push(Buffer.from(frames)) > 0,
    settle: (settled) => void (record = settled),
    finish: (tail) => void pieces.push(...tail),
    refuse(error) {
      throw error
    },
    fail: (failure, _record, events = errorFrame(failure)) => void pieces.push(events),
  })
  await clock.advance(3_600_000)
  return { text: Buffer.concat(pieces).toString(), record, sent: transport.sent }
}

test.each(rows)('$name: a whole answer that ends at a bound of the gateway says so', async (row) => {
  const { text, record } = await ask(row, json(200, row.whole), false)
  expect(JSON.parse(text)).toMatchObject(row.told)
  expect(JSON.parse(text)).toMatchObject({ usage: { cost_details: { total: '0.00002' } } })
  expect(text).not.toMatch(/"(?:length|max_tokens|max_output_tokens)"\}?\]?,?"/)
  expect(record).toMatchObject({ outcome: 'complete', finishReason: 'budget_exhausted', charge: 20_000_000n })
})

test.each(rows)('$name: a stream that ends at a bound of the gateway is broken off, and charged', async (row) => {
  const { text, record } = await ask(row, stream(row.events), true)
  expect(text).toContain('Hi')
  expect(text).toContain('budget_exhausted')
  expect(text).not.toContain('[DONE]')
  expect(text).not.toMatch(/response\.(?:incomplete|completed)|message_stop/)
  expect(record).toMatchObject({ outcome: 'interrupted', errorCode: 'budget_exhausted', charge: 20_000_000n })
})

/** Callers of these set a limit of their own in any case: only a stream can outgrow what is set aside for it. */
const own: readonly Row[] = [
  { name: 'completions', request: { prompt: 'hi', max_tokens: 9000 }, read: readCompletions, told: {}, ...ofLong() },
  {
    name: 'messages',
    request: { messages, max_tokens: 9000 },
    read: (body, facts) => readMessages(body, facts),
    told: {},
    ...ofLong(),
  },
  {
    name: 'messages at a target that speaks them',
    model: 'claude',
    request: { messages, max_tokens: 9000 },
    read: (body, facts) => readMessages(body, facts),
    told: {},
    whole: {},
    events: [
      typedFrame({
        type: 'message_start',
        message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-opus-4-5', content: [], usage },
      }).toString(),
      typedFrame({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }).toString(),
      ...Array.from({ length: 90 }, () =>
        typedFrame({
          type: 'content_block_delta',
          index: 0,
          delta: { type: 'text_delta', text: 'Hi'.repeat(50) },
        }).toString(),
      ),
      typedFrame({ type: 'message_stop' }).toString(),
    ],
  },
]

function ofLong() {
  const words = Array.from({ length: 90 }, () => word('Hi'.repeat(50)))
  return { model: 'chat', whole: {}, events: [role(), ...words, finish(), usageEvent, 'data: [DONE]\n\n'] }
}

test.each(own)('$name: a stream that outgrows what can be set aside is broken off, and charged', async (row) => {
  const { text, record } = await ask(row, stream(row.events), true, '0.018')
  expect(text).toContain('Hi')
  expect(text).toContain('budget_exhausted')
  expect(text).not.toContain('[DONE]')
  expect(text).not.toContain('message_stop')
  expect(record).toMatchObject({ outcome: 'interrupted', errorCode: 'budget_exhausted', budgets: [1] })
  expect(record?.charge).toBeGreaterThan(0n)
})

test.each([
  { read: readCompletions, request: { prompt: 'hi' }, told: { choices: [{ finish_reason: 'budget_exhausted' }] } },
  { read: readMessages, request: { messages, max_tokens: 9 }, told: { stop_reason: 'budget_exhausted' } },
])('$told: has a word in every dialect', ({ read, request, told }) => {
  const dialect = read(Buffer.from(JSON.stringify({ model: 'chat', ...request })), {
    id: mintRequestId(0),
    receivedAt: 0,
  })
  const answer = Buffer.from(JSON.stringify(completion()).replace('"stop"', '"budget_exhausted"'))
  expect(JSON.parse(Buffer.from(dialect.answer(answer)).toString())).toMatchObject(told)
})
