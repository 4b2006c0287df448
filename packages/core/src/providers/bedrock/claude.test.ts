import { readFileSync } from 'node:fs'
import { eventMessage, exceptionMessage } from '../../bytes/__fixtures__/event-stream-message.ts'
import { FrameCutter } from '../../bytes/frames.ts'
import { join } from '../../bytes/splice.ts'
import { fixtures as anthropic } from '../anthropic/chat.contract.ts'
import { describeProvider } from '../provider.contract.ts'
import { callOf, target } from '../run-provider.contract.ts'
import { claudeAtBedrock } from './claude.ts'

const id = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const path = '/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0'
const asked = { max_tokens: 5, messages: [{ role: 'user', content: 'Hi' }] }
const sends = {
  anthropic_version: 'bedrock-2023-05-31',
  max_tokens: 5,
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
}

describeProvider('Claude at Bedrock', claudeAtBedrock, {
  ...anthropic,
  requests: [
    {
      name: 'a question, with the version in the body and the model in the path',
      body: JSON.stringify({ model: 'a', ...asked }),
      target: { upstreamModel: id },
      sends,
      path: `${path}/invoke`,
    },
    {
      name: 'a stream, which only the path asks for',
      body: JSON.stringify({ model: 'a', stream: true, ...asked }),
      target: { upstreamModel: id },
      sends,
      path: `${path}/invoke-with-response-stream`,
    },
  ],
})

const sse = readFileSync(new URL('../anthropic/__fixtures__/text.sse', import.meta.url), 'utf8')

/** Its events as frames. */
function framesOf(text: string): string[] {
  const frames: string[] = []
  new FrameCutter().push(Buffer.from(text), (frame) => frames.push(frame.toString()))
  return frames
}

const streamOf = () => {
  const call = { ...callOf(JSON.stringify({ model: 'a', stream: true, ...asked })) }
  const plan = claudeAtBedrock.chat?.stream?.(call, { ...target, upstreamModel: id })
  if (plan?.framing === undefined) throw new Error('it is not framed')
  return plan.framing
}

test("events of Amazon's are Anthropic's, which are within them", () => {
  const frames = framesOf(sse)
  const data = frames.map((frame) => /data: ?(.*)/.exec(frame)?.[1] ?? '')
  const binary = data.map((event) => eventMessage('chunk', { bytes: Buffer.from(event).toString('base64'), p: 'abc' }))
  const seen: string[] = []
  streamOf()
    .cutter()
    .push(Buffer.concat(binary), (frame) => seen.push(frame.toString()))
  const types = data.map((event) => (JSON.parse(event) as { type: string }).type)
  expect(seen).toEqual(data.map((event, at) => `event: ${types[at]}\ndata: ${event}\n\n`))
})

test.each([
  ['throttlingException', 'rate_limit_error'],
  ['modelStreamErrorException', 'api_error'],
])('%s within a stream is an error of Anthropic’s', (type, becomes) => {
  const seen: string[] = []
  streamOf()
    .cutter()
    .push(exceptionMessage(type, 'Too many'), (frame) => seen.push(frame.toString()))
  expect(seen).toEqual([`event: error\ndata: {"type":"error","error":{"type":"${becomes}","message":"Too many"}}\n\n`])
})

test('a messages request goes through, with its betas in the body and without what the path says', () => {
  const body = Buffer.from(
    '{"model":"sonnet","stream": true, "max_tokens":5,"odd":[1],"messages":[{"role":"user","content":"Hi"}]}',
  )
  const read = callOf(body.toString())
  const headers = { 'anthropic-version': '2023-06-01', 'anthropic-beta': 'a-2025, b-2025' }
  const call = { ...read, stream: true, native: { dialect: 'messages' as const, body, scan: read.scan, headers } }
  const plan = claudeAtBedrock.native?.messages?.stream?.(call, { ...target, upstreamModel: id })
  expect(plan?.request.path).toBe(`${path}/invoke-with-response-stream`)
  expect(plan?.framing?.contentType).toBe('application/vnd.amazon.eventstream')
  expect(JSON.parse(join(plan?.request.body ?? []).toString())).toEqual({
    anthropic_version: 'bedrock-2023-05-31',
    anthropic_beta: ['a-2025', 'b-2025'],
    max_tokens: 5,
    odd: [1],
    messages: [{ role: 'user', content: 'Hi' }],
  })
})
