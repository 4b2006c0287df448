import fc from 'fast-check'
import { readEmbeddingsCall } from '../../operations/embeddings/embeddings-call.ts'
import type { EmbeddingsAnswer } from '../../operations/embeddings/embeddings.ts'
import { join, splice } from '../../bytes/splice.ts'
import { mintRequestId } from '../../uuid.ts'
import { BadReplyError } from '../bad-reply.ts'
import type { Answer } from '../provider.ts'
import { joinEmbeddings, readEmbeddingsAnswer } from './embeddings-answer.ts'
import { readVectors } from './read-vectors.ts'

const target = { model: 'lab/model', upstreamModel: 'up' }
const usage = { prompt_tokens: 7, total_tokens: 7 }

const item = (embedding: unknown, index = 0) => ({ object: 'embedding', index, embedding })
const answer = (data: unknown, rest: object = {}) => ({ object: 'list', data, model: 'up', usage, ...rest })

function read(body: unknown, request: object = {}, isGateway = false): Answer {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const asked = Buffer.from(JSON.stringify({ model: 'a', input: 'Hello', ...request }))
  const call = readEmbeddingsCall(asked, { id: mintRequestId(0), receivedAt: 0 })
  return readEmbeddingsAnswer({ status: 200, headers: {}, body: Buffer.from(text) }, call, target, isGateway)
}

const seen = ({ body, edits }: Answer): EmbeddingsAnswer => JSON.parse(join(splice(body, edits)).toString())
const base64 = (...values: number[]): string => Buffer.from(Float32Array.from(values).buffer).toString('base64')

describe('an answer of vectors', () => {
  test.each([
    { what: 'floats as floats', given: [0.5, -1e-7], asked: 'float', found: [0.5, -1e-7] },
    { what: 'floats as base64', given: [0.5, -1], asked: 'base64', found: base64(0.5, -1) },
    { what: 'base64 as floats', given: base64(0.5, -1), asked: 'float', found: [0.5, -1] },
    { what: 'base64 as base64', given: base64(0.5, -1), asked: 'base64', found: base64(0.5, -1) },
    { what: 'base64 as the default, floats', given: base64(2), asked: null, found: [2] },
  ])('gives $what', ({ given, asked, found }) => {
    expect(seen(read(answer([item(given)]), { encoding_format: asked }))).toEqual({
      object: 'list',
      data: [item(found)],
      model: 'lab/model',
      usage,
    })
  })

  test('is left as it is but for the name of the model, however it is spelled', () => {
    const text =
      '{ "id":"emb-1", "data" : [ {"embedding":\n [ 1.0, 2E0 ],"index":0,"object":"embedding"} ], "object":"list", "model" : "up" }\n'
    const { body, edits, id } = read(text)
    expect(join(splice(body, edits)).toString()).toBe(text.replace('"up"', '"lab/model"'))
    expect(id).toBe('emb-1')
  })

  test.each(['float', 'base64'] as const)('is not parsed when it is %s as asked for', (format) => {
    const vector = Array.from({ length: 1536 }, (_, index) => Math.sin(index))
    const text = JSON.stringify(answer([item(format === 'float' ? vector : base64(...vector))]))
    const parse = JSON.parse
    let longest = 0
    JSON.parse = (json: string) => {
      longest = Math.max(longest, json.length)
      return parse(json)
    }
    try {
      read(text, { encoding_format: format })
    } finally {
      JSON.parse = parse
    }
    expect(text.length).toBeGreaterThan(8000)
    expect(longest).toBeLessThan(300)
  })

  test.each([
    { what: 'in another order', data: [item([1], 1), item([0], 0)], found: [[0], [1]] },
    { what: 'all numbered alike', data: [item([0]), item([1])], found: [[0], [1]] },
    { what: 'not numbered', data: [{ embedding: [0] }, { embedding: [1] }], found: [[0], [1]] },
    { what: 'numbered beyond the end', data: [item([0], 1), item([1], 2)], found: [[0], [1]] },
    { what: 'one of each kind', data: [item([0]), item(base64(1), 1)], found: [[0], [1]] },
  ])('has its vectors in the order of the texts when they come $what', ({ data, found }) => {
    expect(seen(read(answer(data), { input: ['a', 'b'] })).data).toEqual(
      found.map((vector, index) => item(vector, index)),
    )
  })

  test.each([
    {
      what: 'first',
      body: '{"usage": {"prompt_tokens":3} ,"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.25,1]}]}',
    },
    { what: 'last', body: '{"data":[{"embedding":[0.25,1.125]}],"usage":{"prompt_tokens":3}}' },
    { what: 'after base64', body: `{"data":[{"embedding":"${base64(1, 2, 3, 4)}"}],"usage":{"prompt_tokens":3}}` },
    { what: 'twice', body: '{"usage":1,"data":[{"embedding":[0.25,1.125]}],"usage":{"prompt_tokens":3}}' },
  ])('says where its usage stands when it comes $what', ({ body }) => {
    const { usageAt, usageJson, usage: found } = read(body)
    expect(body.slice(usageAt?.start, usageAt?.end)).toBe('{"prompt_tokens":3}')
    expect([usageJson, found]).toEqual([{ prompt_tokens: 3 }, { inputTokens: 3, outputTokens: 0 }])
  })

  test.each([
    { what: 'nothing', given: undefined, json: undefined, found: {} },
    {
      what: 'a total alone',
      given: { total_tokens: 5 },
      json: { prompt_tokens: 5, total_tokens: 5 },
      found: { inputTokens: 5, outputTokens: 0 },
    },
    { what: 'nonsense', given: { prompt_tokens: -1 }, json: { prompt_tokens: -1 }, found: {} },
    { what: 'no object', given: 7, json: undefined, found: {} },
  ])('reports $what as usage', ({ given, json, found }) => {
    const { usage: counted, usageJson, usageAt } = read(answer([item([1])], { usage: given }))
    expect([counted, usageJson, usageAt === undefined]).toEqual([found, json, json === undefined])
  })

  test('of a gateway keeps the model that it chose, and its price', () => {
    const body = answer([item([1])], { model: 'lab/other', usage: { ...usage, cost_details: { total: '0.25' } } })
    const { model, charge, edits } = read(body, {}, true)
    expect({ model, charge, edits }).toEqual({ model: 'lab/other', charge: 250_000_000_000n, edits: [] })
  })

  test('puts together what any upstream may send', () => {
    const vectors = fc.array(
      fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 8 }),
      {
        minLength: 1,
        maxLength: 5,
      },
    )
    const kinds = fc.constantFrom('float', 'base64')
    fc.assert(
      fc.property(vectors, kinds, kinds, fc.constantFrom(0, 2), (given, sends, asks, space) => {
        const data = given.map((vector, index) => item(sends === 'float' ? vector : base64(...vector), index))
        const text = JSON.stringify(answer(data), null, space)
        const found = seen(read(text, { input: given.map(() => 'a'), encoding_format: asks }))
        expect(found.data.map(({ index }) => index)).toEqual(given.map((_, index) => index))
        const wanted = given.map((vector) => (asks === 'float' ? vector.map((value) => value + 0) : base64(...vector)))
        const shown = found.data.map(({ embedding }) =>
          typeof embedding === 'string' ? embedding : embedding.map((value) => value + 0),
        )
        // Negative zero is the one float that JSON loses.
        if (!given.flat().some((value) => Object.is(value, -0))) expect(shown).toEqual(wanted)
      }),
    )
  })
})

describe('what is no answer of vectors', () => {
  test.each([
    ['nothing', '', 'sent something else than JSON'],
    ['markup', '<html>', 'sent something else than JSON'],
    ['a list', '[]', 'sent something else than a JSON object'],
    ['half an answer', JSON.stringify(answer([item([1, 2, 3])])).slice(0, 60), 'sent something else than JSON'],
    ['an answer and more', `${JSON.stringify(answer([item([1])]))}}`, 'sent something else than JSON'],
    ['no data', answer(undefined), 'sent an answer without vectors'],
    ['data that is none', answer({ embedding: [1] }), 'sent an answer without vectors'],
    ['an empty list', answer([]), 'sent an answer without vectors'],
    ['a vector too few', answer([item([1])]), 'sent 1 vectors for 2 texts'],
    ['a vector too many', answer([item([1]), item([1], 1), item([1], 2)]), 'sent 3 vectors for 2 texts'],
    ['texts', answer([item(['a']), item(['b'])]), 'sent something else than vectors'],
    ['empty vectors', answer([item([]), item([])]), 'sent something else than vectors'],
    ['vectors with holes', answer([item([1, null]), item([1, 2])]), 'sent something else than vectors'],
    ['a vector for each token', answer([item([[1], [2]]), item([[1]])]), 'sent something else than vectors'],
    ['items that are none', answer([null, 1]), 'sent something else than vectors'],
    ['not a number', '{"data":[{"embedding":[1,NaN]},{"embedding":[1]}]}', 'sent something else than JSON'],
    ['infinity', '{"data":[{"embedding":[-Infinity]},{"embedding":[1]}]}', 'sent something else than JSON'],
    ['base64 that is none', answer([item('????'), item('????', 1)]), 'sent something else than vectors'],
  ])('%s is said to be bad', (_, body, says) => {
    expect(() => read(body, { input: ['a', 'b'] })).toThrow(
      expect.objectContaining({ name: 'BadReplyError', message: says }),
    )
  })

  test('text is, where base64 was asked for', () => {
    const request = { encoding_format: 'base64' }
    expect(() => read(answer([item('Sorry, no.')]), request)).toThrow('sent something else than vectors')
  })

  test('numbers that do not add up to any are found when they must be converted', () => {
    expect(() => read('{"data":[{"embedding":[1..2]}]}', { encoding_format: 'base64' })).toThrow(BadReplyError)
  })

  test('an error in a success is taken for what it says', () => {
    const body = { error: { message: 'This model does not support embeddings', code: 400 }, data: [item([1])] }
    expect(() => read(body)).toThrow(
      expect.objectContaining({ failure: expect.objectContaining({ class: 'caller_fault' }) }),
    )
  })
})

test.each([
  ['counts in each', [3, 4], { inputTokens: 7, outputTokens: 0 }],
  ['a count of 0 in one', [3, 0], {}],
  ['no count in one', [3, undefined], {}],
])('answers with %s are counted together', (_, counts, known) => {
  const reads = counts.map((count) => {
    const body = Buffer.from(
      JSON.stringify(answer([item([1])], { usage: count === undefined ? null : { prompt_tokens: count } })),
    )
    return readVectors({ status: 200, headers: {}, body }, 1, 'float')
  })
  expect(joinEmbeddings(reads, target).usage).toEqual(known)
})
