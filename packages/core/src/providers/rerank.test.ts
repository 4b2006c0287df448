import { readRerankCall, type RerankCall } from '../operations/rerank/rerank-call.ts'
import type { Usage } from '../usage.ts'
import { mintRequestId } from '../uuid.ts'
import { BadReplyError } from './bad-reply.ts'
import { knownProviders, type ProviderType } from './known-providers.ts'
import type { Answer, Provider } from './provider.ts'
import { target } from './run-provider.contract.ts'

interface RerankFixtures {
  /** Where a ranking of two texts is asked for, and as what. */
  readonly path: string
  readonly sends: object
  /** A reply with the second text before the first. */
  readonly reply: object
  /** What it says of the texts, the best first. */
  readonly results: readonly { index: number; relevance_score: number }[]
  readonly usage: Usage
}

const query = 'Which is blue?'
const documents = ['The grass is green.', 'The sky is blue.']
const asked = { model: 'a', query, documents }
const results = [
  { index: 1, relevance_score: 0.9 },
  { index: 0, relevance_score: 0.1 },
]

const likeCohere: RerankFixtures = {
  path: '/rerank',
  sends: { model: 'upstream-model', query, documents },
  reply: { id: 'rerank-1', model: 'upstream-model', usage: { total_tokens: 27 }, results },
  results,
  usage: { inputTokens: 27, outputTokens: 0 },
}

const suites: Partial<Record<ProviderType, RerankFixtures>> = {
  cohere: {
    ...likeCohere,
    reply: { id: 'r', results, meta: { api_version: { version: '2' }, billed_units: { search_units: 1 } } },
    usage: { searches: 1 },
  },
  nvidia: {
    path: '/upstream-model/reranking',
    sends: {
      model: 'upstream-model',
      query: { text: query },
      passages: documents.map((text) => ({ text })),
      truncate: 'END',
    },
    reply: {
      rankings: [
        { index: 1, logit: Math.log(3) },
        { index: 0, logit: -Math.log(3) },
      ],
      usage: { prompt_tokens: 40, total_tokens: 40 },
    },
    results: [
      { index: 1, relevance_score: 0.75 },
      { index: 0, relevance_score: 0.25 },
    ],
    usage: { inputTokens: 40, outputTokens: 0 },
  },
  tei: {
    path: '/rerank',
    sends: { query, texts: documents, truncate: true },
    reply: results.map(({ index, relevance_score: score }) => ({ index, score })),
    results,
    usage: {},
  },
  together: {
    ...likeCohere,
    reply: {
      object: 'rerank',
      id: 'oGs6',
      results,
      usage: { prompt_tokens: 27, completion_tokens: 0, total_tokens: 27 },
    },
  },
  fireworks: {
    ...likeCohere,
    reply: {
      object: 'list',
      model: 'qwen3-reranker-8b',
      data: results,
      usage: { prompt_tokens: 27, total_tokens: 27 },
    },
  },
  vllm: likeCohere,
  'openai-compatible': likeCohere,
  speka: likeCohere,
  sandbox: likeCohere,
}

const types = Object.keys(knownProviders) as ProviderType[]

test('every provider that ranks documents is held to it here', () => {
  const offering = types.filter((type) => (knownProviders[type].adapter as Provider).rerank !== undefined)
  const missing = offering.filter((type) => suites[type] === undefined)
  const remedy = 'give it a row in the suites of rerank.test.ts; Cohere’s own shape has fixtures there: likeCohere'
  expect(missing.map((type) => `${type} ranks documents: ${remedy}`)).toEqual([])
})

describe.each(Object.entries(suites))('%s', (type, { path, sends, reply, results: ranked, usage }) => {
  test('is asked where it ranks, with everything that it needs', () => {
    const send = firstStep(type, callOf(asked))
    expect(send.path).toBe(path)
    expect(JSON.parse(String(Buffer.concat(send.body ?? [])))).toEqual(sends)
  })

  test('answers in Cohere’s shape, the best first, and is metered', () => {
    const answer = answerTo(type, callOf(asked), reply)
    expect(read(answer)).toMatchObject({ model: 'lab/model', meta: { billed_units: { search_units: 1 } } })
    expect(scores(answer)).toEqual(ranked.map(({ index, relevance_score }) => [index, expect.closeTo(relevance_score)]))
    expect(answer.usage).toEqual(usage)
  })

  test('may tell the worst first, which makes no difference', () => {
    expect(scores(answerTo(type, callOf(asked), reversed(reply))).map(([index]) => index)).toEqual([1, 0])
  })

  test('has no more results taken from it than were asked for', () => {
    expect(scores(answerTo(type, callOf({ ...asked, top_n: 1 }), reply)).map(([index]) => index)).toEqual([1])
    expect(scores(answerTo(type, callOf({ ...asked, top_n: 7 }), reply))).toHaveLength(2)
  })

  test('has its documents repeated for a caller who wants them', () => {
    const answer = read(answerTo(type, callOf({ ...asked, return_documents: true }), reply))
    expect(answer.results[0]).toMatchObject({ index: 1, document: { text: 'The sky is blue.' } })
  })

  test.each([
    ['nothing', {}],
    ['one of three', { index: 2 }],
    ['no score', { relevance_score: 'high', score: null, logit: 'x' }],
  ])('fails when it tells of %s', (_, wrong) => {
    expect(() => answerTo(type, callOf(asked), spoiled(reply, wrong))).toThrow(BadReplyError)
  })
})

test('a text in an object is ranked as a text, and one of several fields as a line for each', () => {
  const objects = { ...asked, documents: [{ text: 'A' }, { title: 'B', body: 7, text: 'C' }] }
  expect(sentBy('cohere', objects)).toMatchObject({ documents: ['A', 'C'] })
  const fields = sentBy('cohere', { ...objects, rank_fields: ['title', 'body'] })
  expect(fields).toMatchObject({ documents: ['', 'title: B\nbody: 7'] })
  expect(fields).not.toHaveProperty('rank_fields')
})

test('a document too long to be parsed goes out, and comes back, whole', () => {
  const long = `${'blue '.repeat(2000)}é`
  const call = callOf({ ...asked, documents: ['a', long], return_documents: true })
  expect(JSON.parse(String(Buffer.concat(firstStep('tei', call).body ?? [])))).toMatchObject({ texts: ['a', long] })
  expect(read(answerTo('vllm', call, likeCohere.reply)).results[0]?.document).toEqual({ text: long })
})

test('no more results are asked for than there are documents, and nothing of the gateway’s own is told', () => {
  const sent = sentBy('vllm', {
    ...asked,
    top_n: 9,
    models: ['b'],
    metadata: { a: 'b' },
    return_documents: true,
    truncate_prompt_tokens: 5,
  })
  expect(sent).toEqual({ model: 'upstream-model', query, documents, top_n: 2, truncate_prompt_tokens: 5 })
})

test('a dot in the name of one of NVIDIA’s models is an underscore in its path', () => {
  const call = callOf(asked)
  const nv = { ...target, upstreamModel: 'nvidia/llama-3.2-nv-rerankqa-1b-v2' }
  const step = (knownProviders.nvidia.adapter as Provider).rerank?.answer(call, nv).next().value
  expect(step).toMatchObject({ send: { path: '/nvidia/llama-3_2-nv-rerankqa-1b-v2/reranking' } })
})

const callOf = (request: object): RerankCall =>
  readRerankCall(Buffer.from(JSON.stringify(request)), { id: mintRequestId(0), receivedAt: 0 })

const stepsOf = (type: string, call: RerankCall) => {
  const { rerank } = knownProviders[type as ProviderType].adapter as Provider
  if (rerank === undefined) throw new Error(`${type} does not rank`)
  return rerank.answer(call, target)
}

function firstStep(type: string, call: RerankCall) {
  const step = stepsOf(type, call).next()
  if (step.done === true || !('send' in step.value)) throw new Error('nothing was sent')
  return step.value.send
}

const sentBy = (type: string, request: object): unknown =>
  JSON.parse(String(Buffer.concat(firstStep(type, callOf(request)).body ?? [])))

function answerTo(type: string, call: RerankCall, reply: object): Answer {
  const steps = stepsOf(type, call)
  steps.next()
  const step = steps.next({ status: 200, headers: {}, body: Buffer.from(JSON.stringify(reply)) })
  if (step.done !== true) throw new Error('the answer was not enough')
  return step.value
}

interface Read {
  readonly results: { index: number; relevance_score: number; document?: unknown }[]
}

const read = ({ body }: Answer): Read => JSON.parse(String(Buffer.from(body))) as Read

const scores = (answer: Answer) => read(answer).results.map(({ index, relevance_score }) => [index, relevance_score])

/** A reply with its list changed, whatever it calls it. */
function withList(reply: object, change: (list: object[]) => object[]): object {
  if (Array.isArray(reply)) return change(reply as object[])
  const [name, list] = Object.entries(reply).find(([, value]) => Array.isArray(value)) ?? []
  return { ...reply, [String(name)]: change(list as object[]) }
}

const reversed = (reply: object): object => withList(reply, (list) => list.toReversed())

const spoiled = (reply: object, wrong: object): object =>
  withList(reply, ([first, ...rest]) => (Object.keys(wrong).length === 0 ? [] : [{ ...first, ...wrong }, ...rest]))
