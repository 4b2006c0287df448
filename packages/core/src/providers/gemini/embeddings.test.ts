import { mintRequestId } from '../../uuid.ts'
import { readEmbeddingsCall } from '../../operations/embeddings/embeddings-call.ts'
import { join } from '../../bytes/splice.ts'
import { BadReplyError } from '../bad-reply.ts'
import type { Answer, Reply } from '../provider.ts'
import { gemini } from './gemini.ts'

const target = { model: 'google/embedding', upstreamModel: 'gemini-embedding-001' }

interface Sent {
  readonly path: string
  readonly requests: readonly Record<string, unknown>[]
}

const callOf = (request: object) =>
  readEmbeddingsCall(Buffer.from(JSON.stringify({ model: 'a', ...request })), { id: mintRequestId(0), receivedAt: 0 })

/** Asks for embeddings of an upstream that answers each request with what `reply` says. */
function embed(request: object, reply: (sent: Sent) => unknown): { answer: Answer; sent: readonly Sent[] } {
  const steps = gemini.embeddings?.answer(callOf(request), target)
  if (steps === undefined) throw new Error('there are no embeddings')
  const sent: Sent[] = []
  for (let step = steps.next(); ;) {
    if (step.done === true) return { answer: step.value, sent }
    if (!('send' in step.value)) throw new Error('nothing was sent')
    const { path, body = [] } = step.value.send
    const asked = { path, ...(JSON.parse(join(body).toString()) as Pick<Sent, 'requests'>) }
    sent.push(asked)
    const answer: Reply = { status: 200, headers: {}, body: Buffer.from(JSON.stringify(reply(asked))) }
    step = steps.next(answer)
  }
}

const vectorsFor = ({ requests }: Sent) => ({ embeddings: requests.map((_, index) => ({ values: [index, 0.5] })) })

const requestOf = (text: string) => ({
  model: 'models/gemini-embedding-001',
  content: { parts: [{ text }] },
  outputDimensionality: 2,
})

test('texts go out together, with the length asked for', () => {
  const { sent, answer } = embed({ input: ['Grüße', 'b'], dimensions: 2 }, vectorsFor)
  expect(sent).toEqual([
    { path: '/models/gemini-embedding-001:batchEmbedContents', requests: [requestOf('Grüße'), requestOf('b')] },
  ])
  expect(JSON.parse(Buffer.from(answer.body).toString())).toEqual({
    object: 'list',
    model: 'google/embedding',
    data: [
      { object: 'embedding', index: 0, embedding: [0, 0.5] },
      { object: 'embedding', index: 1, embedding: [1, 0.5] },
    ],
  })
})

test('what nobody counted is unknown', () => {
  const { answer } = embed({ input: 'a' }, vectorsFor)
  expect(answer).toMatchObject({ usage: { inputTokens: undefined }, usageJson: undefined, usageAt: undefined })
})

test('a count of 0 for some of the texts is not the count of all', () => {
  const input = Array.from({ length: 150 }, () => 'a')
  expect(embed({ input }, countedAtFirst).answer).toMatchObject({
    usage: { inputTokens: undefined },
    usageJson: undefined,
  })
})

const countedAtFirst = (sent: Sent) => ({
  ...vectorsFor(sent),
  usageMetadata: { promptTokenCount: sent.requests.length === 100 ? 100 : 0 },
})

const countedFor = (sent: Sent) => ({ ...vectorsFor(sent), usageMetadata: { promptTokenCount: 3 } })

test('what is counted stands where its cost can be added', () => {
  const { answer } = embed({ input: 'a' }, countedFor)
  expect(answer.usage).toEqual({ inputTokens: 3 })
  const { start = 0, end } = answer.usageAt ?? {}
  expect(JSON.parse(Buffer.from(answer.body).toString('utf8', start, end))).toEqual({
    prompt_tokens: 3,
    total_tokens: 3,
  })
})

test('more than a hundred texts go out by hundreds, and come back as one answer', () => {
  const texts = Array.from({ length: 201 }, (_, index) => `text ${index}`)
  const { sent, answer } = embed({ input: texts, encoding_format: 'base64' }, vectorsFor)
  expect(sent.map(({ requests }) => requests.length)).toEqual([100, 100, 1])
  const { data } = JSON.parse(Buffer.from(answer.body).toString())
  expect(data.map(({ index }: { index: number }) => index)).toEqual(texts.map((_, index) => index))
  const bytes = Buffer.from(data[199].embedding, 'base64')
  expect([bytes.readFloatLE(0), bytes.readFloatLE(4)]).toEqual([99, 0.5])
})

test.each([
  { name: 'too few vectors', reply: { embeddings: [] } },
  { name: 'too many', reply: { embeddings: [{ values: [1] }, { values: [1] }] } },
  { name: 'words for numbers', reply: { embeddings: [{ values: ['x'] }] } },
  { name: 'nothing', reply: {} },
  { name: 'a list', reply: [] },
  { name: 'an error', reply: { error: { code: 429, message: 'x', status: 'RESOURCE_EXHAUSTED' } } },
])('$name is no answer', ({ reply }) => {
  expect(() => embed({ input: 'a' }, () => reply)).toThrow(BadReplyError)
})

test('parameters without counterpart are named', () => {
  const call = callOf({ input: 'a', user: 'u', encoding_format: 'float', dimensions: 3, input_type: 'query' })
  expect(gemini.embeddings?.unsupported?.(call, target)).toEqual(['user', 'input_type'])
})
