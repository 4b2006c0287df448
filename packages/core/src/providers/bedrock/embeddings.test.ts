import { join } from '../../bytes/splice.ts'
import type { Json } from '../../json.ts'
import { readEmbeddingsCall } from '../../operations/embeddings/embeddings-call.ts'
import { mintRequestId } from '../../uuid.ts'
import { BadReplyError } from '../bad-reply.ts'
import type { Answer } from '../provider.ts'
import { bedrock } from './bedrock.ts'

const titan = 'amazon.titan-embed-text-v2:0'
const cohere = 'us.cohere.embed-v4:0'

const callOf = (request: object) =>
  readEmbeddingsCall(Buffer.from(JSON.stringify({ model: 'a', ...request })), { id: mintRequestId(0), receivedAt: 0 })

interface Said {
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Asks for vectors of a model that answers each request with what `reply` says. */
function embed(upstreamModel: string, request: object, reply: (sent: Json) => Said) {
  const operation = bedrock.forModel?.(upstreamModel).embeddings
  if (operation === undefined) throw new Error('there are no embeddings')
  const steps = operation.answer(callOf(request), { model: 'a', upstreamModel })
  const sent: Json[] = []
  const paths: string[] = []
  for (let step = steps.next(); ;) {
    if (step.done === true) return { answer: step.value, sent, paths }
    if (!('send' in step.value)) throw new Error('nothing was sent')
    const { path, body = [] } = step.value.send
    const asked = JSON.parse(join(body).toString()) as Json
    sent.push(asked)
    paths.push(path)
    const { body: said, headers = {} } = reply(asked)
    step = steps.next({ status: 200, headers, body: Buffer.from(JSON.stringify(said)) })
  }
}

const vectorsIn = ({ body }: Answer) => (JSON.parse(Buffer.from(body).toString()) as { data: object[] }).data

test('Titan is asked for one text after the other, and its counts are added up', () => {
  const { answer, sent, paths } = embed(titan, { input: ['a', 'b'], dimensions: 256 }, ({ inputText }) => ({
    body: { embedding: [inputText === 'a' ? 1 : 2, 0.5], inputTextTokenCount: 3 },
  }))
  expect(sent).toEqual([
    { inputText: 'a', dimensions: 256 },
    { inputText: 'b', dimensions: 256 },
  ])
  expect(paths).toEqual(Array(2).fill('/model/amazon.titan-embed-text-v2%3A0/invoke'))
  expect(vectorsIn(answer)).toMatchObject([{ embedding: [1, 0.5] }, { embedding: [2, 0.5] }])
  expect(answer.usage).toEqual({ inputTokens: 6 })
})

test.each([
  ['a text alone is a query', { input: 'a' }, { texts: ['a'], input_type: 'search_query' }],
  ['a list is stored', { input: ['a'] }, { texts: ['a'], input_type: 'search_document' }],
  [
    'who says what it is for is heard',
    { input: 'a', input_type: 'clustering', truncate: 'END', dimensions: 512 },
    { texts: ['a'], input_type: 'clustering', truncate: 'END', output_dimension: 512 },
  ],
])('Cohere: %s', (_, request, asks) => {
  const { answer, sent } = embed(cohere, request, () => ({
    body: { embeddings: { float: [[1, 2]] } },
    headers: { 'x-amzn-bedrock-input-token-count': '4' },
  }))
  expect(sent).toEqual([{ ...asks, embedding_types: ['float'] }])
  expect(vectorsIn(answer)).toMatchObject([{ embedding: [1, 2] }])
  expect(answer.usage).toEqual({ inputTokens: 4 })
})

test('more texts than Cohere takes go out in turns, and what nobody counted is unknown', () => {
  const texts = Array.from({ length: 97 }, (_, index) => `text ${index}`)
  const { answer, sent } = embed(cohere, { input: texts, encoding_format: 'base64' }, ({ texts: some }) => ({
    body: { embeddings: (some as string[]).map(() => [1]) },
  }))
  expect(sent.map(({ texts: some }) => (some as string[]).length)).toEqual([96, 1])
  expect(vectorsIn(answer)).toHaveLength(97)
  expect(vectorsIn(answer)[0]).toMatchObject({ embedding: expect.any(String) })
  expect(answer.usage).toEqual({ inputTokens: undefined })
})

test.each([
  ['too few vectors', { embeddings: { float: [] } }],
  ['what is no vector', { embeddings: { float: [['x']] } }],
  ['nothing', {}],
])('%s are a failure', (_, body) => {
  expect(() => embed(cohere, { input: 'a' }, () => ({ body }))).toThrow(BadReplyError)
})

test.each([
  ['amazon.titan-embed-text-v1', ['dimensions', 'truncate']],
  [titan, ['truncate']],
  ['cohere.embed-english-v3', ['dimensions']],
  [cohere, []],
])('what %s does not take is named', (upstreamModel, left) => {
  const call = callOf({ input: 'a', dimensions: 256, truncate: 'END' })
  const { embeddings } = bedrock.forModel?.(upstreamModel) ?? {}
  expect(embeddings?.unsupported?.(call, { model: 'a', upstreamModel })).toEqual(left)
})
