import { knownProviders } from '../packages/core/src/providers/known-providers.ts'
import type { Answer, Provider, Reply, Step } from '../packages/core/src/providers/provider.ts'
import { mintRequestId } from '../packages/core/src/uuid.ts'
import { dataOf } from '../packages/core/src/bytes/frames.ts'
import { readEmbeddingsCall } from '../packages/core/src/operations/embeddings/embeddings-call.ts'
import { imageEvents } from '../packages/core/src/operations/images/image-events.ts'
import { readImagesCall } from '../packages/core/src/operations/images/images-call.ts'
import { join, splice } from '../packages/core/src/bytes/splice.ts'
import { conforms } from './support/conformance/conforms.ts'

const facts = { id: mintRequestId(0), receivedAt: 1_764_180_000_000 }
const target = { model: 'lab/model', upstreamModel: 'model' }
const base64 = 'iVBORw0KGgoAAAANSUhEUg=='

/** The answer of a provider whose upstream says these things, one after the other. */
function answerOf(steps: Generator<Step, Answer, Reply> | undefined, replies: readonly object[]): Buffer {
  if (steps === undefined) throw new Error('the provider has no such endpoint')
  let sent = 0
  let step = steps.next()
  while (step.done !== true) {
    const reply = 'send' in step.value ? replies[sent] : undefined
    if ('send' in step.value) sent += 1
    step = steps.next({ status: 200, headers: {}, body: Buffer.from(JSON.stringify(reply ?? '')) })
  }
  return join(splice(step.value.body, step.value.edits))
}

const bfl = [
  { id: 'a', polling_url: 'https://api.us1.bfl.ai/v1/get_result?id=a' },
  { status: 'Ready', result: { sample: 'https://delivery-us1.bfl.ai/a.jpeg' } },
  'the bytes',
]

test.each([
  { type: 'openai', replies: [{ created: 1_764_180_000, data: [{ b64_json: base64 }], size: '1024x1024' }] },
  { type: 'together', replies: [{ id: 'a', object: 'list', data: [{ index: 0, b64_json: base64 }] }] },
  { type: 'nvidia', replies: [{ artifacts: [{ base64, finishReason: 'SUCCESS', seed: 1 }] }] },
  { type: 'bfl', replies: bfl },
] as const)("an image of $type is an answer in OpenAI's shape, and a stream of events", ({ type, replies }) => {
  const { images } = knownProviders[type].adapter as Provider
  for (const format of ['b64_json', 'url']) {
    const body = Buffer.from(JSON.stringify({ model: 'a', prompt: 'A cat', response_format: format }))
    const answer = answerOf(images?.answer(readImagesCall(body, facts), target), replies as readonly object[])
    conforms('images', JSON.parse(answer.toString()))
    if (format === 'url') continue
    for (const event of imageEvents(answer)) conforms('image event', JSON.parse(String(dataOf(Buffer.from(event)))))
  }
})

const vectors = (count: number) => ({
  object: 'list',
  model: 'model',
  data: Array.from({ length: count }, (_, index) => ({ index, embedding: [0.5, index], object: 'embedding' })),
  usage: { prompt_tokens: count, total_tokens: count },
})

test.each(['float', 'base64'])('vectors in several batches are one answer in OpenAI’s shape, as %s', (format) => {
  const { embeddings } = knownProviders.nvidia.adapter as Provider
  const input = Array.from({ length: 51 }, () => 'a')
  const body = Buffer.from(JSON.stringify({ model: 'a', input, encoding_format: format }))
  const call = readEmbeddingsCall(body, facts)
  const answer = JSON.parse(answerOf(embeddings?.answer(call, target), [vectors(50), vectors(1)]).toString())
  conforms('embeddings', answer)
  expect(answer).toMatchObject({ model: 'lab/model', usage: { prompt_tokens: 51, total_tokens: 51 } })
  expect(answer.data.map(({ index }: { index: number }) => index)).toEqual(input.map((_, index) => index))
})
