import { join } from '../../bytes/splice.ts'
import { readEmbeddingsCall } from '../../operations/embeddings/embeddings-call.ts'
import { mintRequestId } from '../../uuid.ts'
import { fixtures as anthropic } from '../anthropic/chat.contract.ts'
import { placeOf } from '../known-providers.ts'
import { describeProvider } from '../provider.contract.ts'
import type { PlaceSettings } from '../provider-place.ts'
import { callOf, target } from '../run-provider.contract.ts'
import { claudeAtVertex } from './claude.ts'
import { geminiAtVertex } from './gemini.ts'
import { vertex } from './vertex.ts'

const claude = { ...target, upstreamModel: 'claude-sonnet-4-5@20250929' }

describeProvider('Claude at Vertex', claudeAtVertex, {
  ...anthropic,
  requests: [
    {
      name: 'a question, with the version in the body and the model in the path',
      body: '{"model":"a","max_tokens":5,"messages":[{"role":"user","content":"Hi"}]}',
      target: claude,
      sends: {
        anthropic_version: 'vertex-2023-10-16',
        max_tokens: 5,
        messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      },
      path: '/publishers/anthropic/models/claude-sonnet-4-5%4020250929:rawPredict',
    },
    {
      name: 'a stream, which the body asks for too',
      body: '{"model":"a","max_tokens":5,"stream":true,"messages":[{"role":"user","content":"Hi"}]}',
      target: { upstreamModel: 'anthropic/claude-opus-4-1@20250805' },
      sends: {
        anthropic_version: 'vertex-2023-10-16',
        max_tokens: 5,
        messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
        stream: true,
      },
      path: '/publishers/anthropic/models/claude-opus-4-1%4020250805:streamRawPredict',
    },
  ],
})

test.each([
  ['gemini-2.5-flash', geminiAtVertex],
  ['google/gemini-2.5-flash', geminiAtVertex],
  ['endpoints/123', geminiAtVertex],
  ['claude-haiku-4-5@20251001', claudeAtVertex],
  ['publishers/anthropic/models/claude-haiku-4-5', claudeAtVertex],
])('%s is spoken to as its maker has it', (upstreamModel, adapter) => {
  expect(vertex.forModel?.(upstreamModel)).toBe(adapter)
})

test.each<[string, PlaceSettings, string]>([
  ['with a key alone', {}, 'https://aiplatform.googleapis.com/v1'],
  ['anywhere in the world', { project: 'acme' }, 'https://aiplatform.googleapis.com/v1/projects/acme/locations/global'],
  [
    'in a region',
    { project: 'acme', location: 'europe-west4' },
    'https://europe-west4-aiplatform.googleapis.com/v1/projects/acme/locations/europe-west4',
  ],
  [
    'in a part of the world',
    { project: 'acme', location: 'eu' },
    'https://aiplatform.eu.rep.googleapis.com/v1/projects/acme/locations/eu',
  ],
  [
    'at an address of its own',
    { project: 'acme', location: 'us-east5', base_url: 'https://psc.example/v1/' },
    'https://psc.example/v1/projects/acme/locations/us-east5',
  ],
])('a project is asked %s', (_, said, baseUrl) => {
  expect(placeOf('vertex', said).baseUrl).toBe(baseUrl)
})

test("a messages request goes through but for the model, which the path names, and Vertex's version", () => {
  const body = Buffer.from(
    '{"model":"sonnet","anthropic_version":"old","stream": true, "max_tokens":5,"odd":[1],"messages":[{"role":"user","content":"Hi"}]}',
  )
  const read = callOf(body.toString())
  const call = { ...read, stream: true, native: { dialect: 'messages' as const, body, scan: read.scan, headers: {} } }
  const request = claudeAtVertex.native?.messages?.stream?.(call, claude)?.request
  expect(request?.path).toBe('/publishers/anthropic/models/claude-sonnet-4-5%4020250929:streamRawPredict')
  expect(join(request?.body ?? []).toString()).toBe(
    '{"anthropic_version":"vertex-2023-10-16","stream": true, "max_tokens":5,"odd":[1],"messages":[{"role":"user","content":"Hi"}]}',
  )
})

test('a model that takes one text at a time is asked for each', () => {
  const facts = { id: mintRequestId(0), receivedAt: 0 }
  const call = readEmbeddingsCall(Buffer.from('{"model":"a","input":["x","y"]}'), facts)
  const steps = vertex.embeddings?.answer(call, { ...target, upstreamModel: 'gemini-embedding-001' })
  const sent: string[] = []
  let step = steps?.next()
  while (step?.done === false) {
    if ('send' in step.value) sent.push(`${step.value.send.path} ${join(step.value.send.body ?? []).toString()}`)
    const body = Buffer.from('{"predictions":[{"embeddings":{"values":[0.5]}}]}')
    step = steps?.next({ status: 200, headers: {}, body })
  }
  const path = '/publishers/google/models/gemini-embedding-001:predict'
  expect(sent).toEqual(['x', 'y'].map((content) => `${path} {"instances":[{"content":"${content}"}]}`))
})
