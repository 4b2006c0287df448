import { ask, type Asked } from '../front/ask.fake.ts'
import {
  completion,
  event,
  finish,
  json,
  role,
  saying,
  stream,
  streamHead,
  word,
  type ReplyScript,
} from './transport.fake.ts'

const config = {
  providers: {
    one: { type: 'vllm', base_url: 'http://one' },
    two: { type: 'vllm', base_url: 'http://two' },
    plain: { type: 'openai-compatible', base_url: 'http://plain' },
  },
  models: {
    a: { targets: [{ provider: 'one' }, { provider: 'two' }], price: { input: '1', output: '2' } },
    b: { targets: [{ provider: 'plain' }, { provider: 'two' }], price: { input: '1', output: '2' } },
    c: { targets: [{ provider: 'plain' }], price: { input: '1', output: '2' } },
  },
} as const

const reset: ReplyScript[number] = { fail: 'reset', after: 5 }
const cut = (...words: string[]): ReplyScript => [
  streamHead,
  { data: role() + words.map((text) => word(text)).join('') },
  reset,
]
const wants = { provider: { continue: true }, stream_options: { include_usage: true } }

const taken = (script: ReplyScript[], request: object = wants, model = 'a'): Promise<Asked> =>
  ask(script, { model, config, request }).over()

test('an answer that breaks off is taken up by the next target, word for word', async () => {
  const asked = await taken([cut('One ', 'two '), stream(saying('three', ' four'))])
  expect(asked.text).toBe('One two three four')
  expect(asked.endedWithDone).toBe(true)
  expect(asked.calls).toEqual(['commit', 'write', 'settle', 'finish'])
  expect(asked.sent[1]?.body).toMatchObject({
    continue_final_message: true,
    messages: [{ role: 'user' }, { role: 'assistant', content: 'One two ' }],
  })
})

test('each attempt has its price: the prompt twice, what was said once', async () => {
  const asked = await taken([cut('One ', 'two '), stream(saying('three', ' four'))])
  // 5 and 2 by our own count, 10 and 5 as the second provider says; a token in costs 1 µ$ and one out 2.
  expect(asked.record).toMatchObject({
    outcome: 'complete',
    charge: 29_000_000n,
    usage: { inputTokens: 15, outputTokens: 7, estimated: true },
    attempts: [{ outcome: 'transient' }, { outcome: 'answered' }],
  })
  expect(asked.chunks.at(-1)?.usage).toMatchObject({ prompt_tokens: 15, completion_tokens: 7, cost: 0.000029 })
})

test('the same target may go on where no other is left', async () => {
  const asked = await taken([cut('a'), cut('b'), stream(saying('c'))])
  expect(asked.text).toBe('abc')
  expect(asked.sent.map(({ to }) => to.id)).toEqual(['one', 'two', 'two'])
})

test('a limit of the caller counts what was said', async () => {
  const asked = await taken([cut('x'.repeat(40)), stream(saying('y'))], { ...wants, max_tokens: 100 })
  expect(asked.sent[1]?.body['max_tokens']).toBe(90)
})

const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'add', arguments: '{' } }
const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }

test.each<[string, ReplyScript[], object, string]>([
  ['the request does not ask for it', [cut('a')], {}, 'a'],
  ['there is more than one choice', [cut('a')], { ...wants, n: 2 }, 'a'],
  ['a tool was being called', [[streamHead, { data: begun({ tool_calls: [call] }) }, reset]], wants, 'a'],
  ['a function was being called', [[streamHead, { data: begun({ function_call: call.function }) }, reset]], wants, 'a'],
  ['there is a picture in it', [[streamHead, { data: begun({ images: [picture] }) }, reset]], wants, 'a'],
  ['no target knows how', [cut('a')], wants, 'c'],
])('nothing is taken up when %s', async (_, script, request, model) => {
  const asked = await taken(script, request, model)
  expect(asked.sent).toHaveLength(1)
  expect(asked.endedWithDone).toBe(false)
  expect(asked.record).toMatchObject({ outcome: 'interrupted', charge: 0n })
})

test('a target that does not know how is passed over', async () => {
  const asked = await taken([cut('a'), stream(saying('b'))], wants, 'b')
  expect(asked.sent.map(({ to }) => to.id)).toEqual(['plain', 'two'])
  expect(asked.text).toBe('ab')
})

test('it stays within the budget of attempts, and ends as broken then', async () => {
  const asked = await taken([cut('a'), cut('b'), cut('c'), cut('d')])
  expect(asked.sent).toHaveLength(4)
  expect(asked.text).toBe('abcd')
  expect(asked.error?.code).toBe('upstream_incomplete')
  expect(asked.endedWithDone).toBe(false)
})

test('a second target that fails before it says anything costs nothing', async () => {
  const broken = json(500, { error: { message: 'no' } })
  const asked = await taken([cut('One '), broken, stream(saying('two'))])
  expect(asked.text).toBe('One two')
  expect(asked.record).toMatchObject({ charge: 27_000_000n, usage: { inputTokens: 15, outputTokens: 6 } })
})

test('a target that answers with JSON goes on as well', async () => {
  const asked = await taken([cut('One '), json(200, completion('two'))])
  expect(asked.text).toBe('One two')
  expect(asked.endedWithDone).toBe(true)
})

test('an answer that had finished is not taken up', async () => {
  const asked = await taken([[streamHead, { data: word('a') + finish() }, reset]])
  expect(asked.sent).toHaveLength(1)
  expect(asked.endedWithDone).toBe(true)
})

test('the sandbox goes on with what it had begun', async () => {
  const request = { ...wants, model: 'speka/sandbox:cut@5', models: ['speka/sandbox'] }
  const asked = await ask([], { model: 'speka/sandbox:cut@5', request }).over()
  const whole = await ask([], { model: 'speka/sandbox' }).over()
  expect(asked.text).toBe(whole.text)
  expect(asked.record).toMatchObject({ outcome: 'complete', model: 'speka/sandbox' })
})

function begun(delta: object): string {
  return event({
    id: 'up-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'up',
    choices: [{ index: 0, delta: { role: 'assistant', content: 'Let me see', ...delta }, finish_reason: null }],
  })
}
