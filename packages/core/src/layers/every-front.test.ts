import { completion, createFakeTransport, done, finish, role, word } from '../attempt/transport.fake.ts'
import type { Layer } from '../engine.ts'
import { SpekaError } from '../errors.ts'
import { config } from '../front/ask.fake.ts'
import { assembleGateway } from '../gateway.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'
import { answerHere } from './answer-here.ts'
import { startLater } from './start-later.ts'

const clock = createFakeClock()
const open = (layer: Layer) =>
  assembleGateway({ config, transport: createFakeTransport(clock, []), clock, random: () => 0.5, layers: [layer] })

const answering = open(() => ({
  start(call, sink) {
    const frames = [role(), word('Hi')].map((frame) => Buffer.from(frame))
    return call.stream
      ? answerHere(clock, call, sink, { by: 'cache', frames, rest: [Buffer.from(finish() + done)] })
      : answerHere(clock, call, sink, { by: 'cache', rest: [Buffer.from(JSON.stringify(completion('Hi')))] })
  },
}))

const refusing = open(() => ({
  start: (_, sink) =>
    startLater(sink, async () => {
      throw new SpekaError('rate_limit_exceeded', 'Too many.', { retryAfterMs: 1500 })
    }),
}))

const messages = [{ role: 'user', content: 'hi' }]
const post = (path: string, body: object): [string, RequestInit] => [
  `https://anything.example/v1${path}`,
  { method: 'POST', body: JSON.stringify({ model: 'a', ...body }) },
]

test("a layer's own answer reaches whoever asked, in the dialect in which they did", async () => {
  const whole = await answering.chat({ model: 'a', messages })
  expect([whole.choices[0]?.message.content, whole.provider, whole.attempts, whole.cost]).toEqual([
    'Hi',
    undefined,
    [],
    '0',
  ])
  const response = await answering.respond({ model: 'a', input: 'hi' })
  expect(JSON.stringify(response.output)).toContain('"Hi"')
  const old = await answering.complete({ model: 'a', prompt: 'hi' })
  expect(old.choices[0]?.text).toBe('Hi')
})

test('streams of a layer do, too', async () => {
  const chat = await answering.fetch(...post('/chat/completions', { messages, stream: true }))
  expect(chat.headers.get('x-speka-provider')).toBeNull()
  expect(await chat.text()).toContain('"content":"Hi"')
  const responses = await answering.fetch(...post('/responses', { input: 'hi', stream: true }))
  expect(await responses.text()).toContain('event: response.completed')
})

test.each([true, false])('a refusal after a wait is told as one at once is (stream: %s)', async (stream) => {
  const answer = await refusing.fetch(...post('/chat/completions', { messages, stream }))
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '2'])
  expect(await answer.json()).toMatchObject({ error: { code: 'rate_limit_exceeded', message: 'Too many.' } })
  await expect(refusing.chat({ model: 'a', messages })).rejects.toMatchObject({ code: 'rate_limit_exceeded' })
  await expect(refusing.streamChat({ model: 'a', messages }).next()).rejects.toMatchObject({
    code: 'rate_limit_exceeded',
  })
})

test('a call that waits for ever ends with its signal, for its reason', async () => {
  const stuck = open(() => ({
    start: (_, sink) => startLater(sink, () => new Promise(() => {})),
  }))
  const abort = new AbortController()
  const whole = stuck.chat({ model: 'a', messages }, { signal: abort.signal })
  const streamed = stuck.streamChat({ model: 'a', messages }, { signal: abort.signal }).next()
  const fetched = stuck.fetch('https://x/v1/chat/completions', { ...post('', { messages })[1], signal: abort.signal })
  const ends = [whole, streamed, fetched].map((promise) => expect(promise).rejects.toThrow('enough'))
  await Promise.resolve()
  abort.abort(new Error('enough'))
  await Promise.all(ends)
})
