import { SpekaError } from '../../errors.ts'
import { mintRequestId } from '../../uuid.ts'
import { readEmbeddingsCall, writeEmbeddingsCall } from './embeddings-call.ts'
import type { EmbeddingsRequest } from './embeddings.ts'
import type { Tokenizer } from '../../wire/in-tokens.ts'
import { memberCalled } from '../../bytes/scan-object.ts'

const facts = { id: mintRequestId(0), receivedAt: 0 }

/** Knows the letters of the alphabet, and no other token. */
const tokenizer: Tokenizer = {
  decode(tokens) {
    if (tokens.some((token) => token > 26)) throw new Error('no such token')
    return tokens.map((token) => (token === 0 ? '' : String.fromCharCode(96 + token))).join('')
  },
}

const read = (body: object | string, aids = { tokenizer }) =>
  readEmbeddingsCall(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), facts, aids)

function refusal(run: () => unknown): SpekaError {
  try {
    run()
  } catch (error) {
    if (SpekaError.is(error)) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('an embeddings call', () => {
  test("keeps the caller's bytes when its input is text", () => {
    const body = ' {"input": ["Gr\\u00fc\\u00dfe", "b"],  "model":"a" }'
    const call = read(body)
    expect(call.body.toString()).toBe(body)
    expect(call).toMatchObject({ endpoint: 'embeddings', stream: false, wantsUsage: false, ...facts })
    expect(call.outline).toEqual({ input: ['Grüße', 'b'], model: 'a' })
  })

  test.each([
    { input: [8, 9], text: ['hi'] },
    { input: [[8, 9]], text: ['hi'] },
    { input: [[8, 9], [25, 15, 21], [1]], text: ['hi', 'you', 'a'] },
  ])('has the text of the tokens $input', ({ input, text }) => {
    const call = read({ model: 'a', input, dimensions: 8 })
    expect(JSON.parse(call.body.toString())).toEqual({ model: 'a', input: text, dimensions: 8 })
    expect(call.outline).toEqual({ model: 'a', input: text, dimensions: 8 })
  })

  test('knows where its members stand once tokens have become text', () => {
    const call = read('{"input":[[8,9]],  "user":"me","model":"a"}')
    const user = memberCalled(call.scan, 'user')
    expect(call.body.toString().slice(user?.valueStart, user?.valueEnd)).toBe('"me"')
  })

  test('made by code is the same as one that was read', () => {
    const request: EmbeddingsRequest = { model: 'a', input: [[8, 9], [1]], encoding_format: 'base64' }
    const [written, seen] = [writeEmbeddingsCall(request, facts, tokenizer), read(request)]
    expect(written).toEqual(seen)
    expect(request.input).toEqual([[8, 9], [1]])
  })

  test('of tokens is refused where nobody can read them', () => {
    const error = refusal(() => readEmbeddingsCall(Buffer.from('{"model":"a","input":[1]}'), facts))
    expect(error).toMatchObject({ code: 'unsupported_parameter', param: 'input' })
    expect(error.message).toContain('Send text')
  })

  test.each([
    { input: [8, 27], param: 'input[0]', what: 'a number that is no token' },
    { input: [[8], [27]], param: 'input[1]', what: 'a number that is no token' },
    { input: [[8], [0]], param: 'input[1]', what: 'tokens that spell nothing' },
  ])('with $what is refused, and told where', ({ input, param }) => {
    expect(refusal(() => read({ model: 'a', input }))).toMatchObject({ code: 'invalid_value', param })
  })

  test.each([
    { body: '{"model":"a","input":"x","model":"b"}', code: 'duplicate_parameter' },
    { body: '{"model":"a","input":"x"', code: 'invalid_json' },
    { body: '{"model":"a","input":""}', code: 'invalid_value' },
  ])('$body is refused', ({ body, code }) => {
    expect(refusal(() => read(body)).code).toBe(code)
  })

  test('takes a text too long to be looked at', () => {
    const input = ['x'.repeat(10_000), 'y']
    const call = read({ model: 'a', input })
    expect(call.outline.input).toEqual(['…', 'y'])
    expect(JSON.parse(call.body.toString())).toEqual({ model: 'a', input })
  })
})
