import { SpekaError } from '../../errors.ts'
import { checkEmbeddingsRequest, tokensIn } from './check-embeddings-request.ts'

const fine = { model: 'a', input: 'Hello' }

function refusal(value: unknown): SpekaError {
  try {
    checkEmbeddingsRequest(value)
  } catch (error) {
    if (SpekaError.is(error)) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

const invalid = 'invalid_value'

test.each([
  { given: { input: 'Hello' }, code: 'missing_required_parameter', param: 'model' },
  { given: { model: 'a' }, code: 'missing_required_parameter', param: 'input' },
  { given: { model: 'a', input: null }, code: 'missing_required_parameter', param: 'input' },
  { given: { ...fine, input: '' }, code: invalid, param: 'input' },
  { given: { ...fine, input: [] }, code: invalid, param: 'input' },
  { given: { ...fine, input: 7 }, code: invalid, param: 'input' },
  { given: { ...fine, input: { text: 'Hello' } }, code: invalid, param: 'input' },
  { given: { ...fine, input: ['a', ''] }, code: invalid, param: 'input[1]' },
  { given: { ...fine, input: ['a', null] }, code: invalid, param: 'input[1]' },
  { given: { ...fine, input: ['a', [1]] }, code: invalid, param: 'input[1]' },
  { given: { ...fine, input: [null] }, code: invalid, param: 'input[0]' },
  { given: { ...fine, input: [{ text: 'a' }] }, code: invalid, param: 'input[0]' },
  { given: { ...fine, input: [1, 'a'] }, code: invalid, param: 'input[1]' },
  { given: { ...fine, input: [1, 1.5] }, code: invalid, param: 'input[1]' },
  { given: { ...fine, input: [1, -1] }, code: invalid, param: 'input[1]' },
  { given: { ...fine, input: [[1], []] }, code: invalid, param: 'input[1]' },
  { given: { ...fine, input: [[1], 2] }, code: invalid, param: 'input[1]' },
  { given: { ...fine, input: [[1], [2, '3']] }, code: invalid, param: 'input[1][1]' },
  { given: { ...fine, input: [[1, 2 ** 53]] }, code: invalid, param: 'input[0][1]' },
  { given: { ...fine, encoding_format: 'hex' }, code: invalid, param: 'encoding_format' },
  { given: { ...fine, dimensions: 0 }, code: invalid, param: 'dimensions' },
  { given: { ...fine, dimensions: '256' }, code: invalid, param: 'dimensions' },
  { given: { ...fine, user: 7 }, code: invalid, param: 'user' },
  { given: { ...fine, stream: true }, code: 'unsupported_parameter', param: 'stream' },
  { given: [], code: 'invalid_json', param: undefined },
])('$param is refused in $given', ({ given, code, param }) => {
  expect(refusal(given)).toMatchObject({ code, param })
})

test('more texts than OpenAI takes are refused, and said how many', () => {
  expect(() => checkEmbeddingsRequest({ ...fine, input: Array.from({ length: 2048 }, () => 'a') })).not.toThrow()
  const error = refusal({ ...fine, input: Array.from({ length: 2049 }, () => 'a') })
  expect(error).toMatchObject({ code: invalid, param: 'input', message: expect.stringContaining('2049') })
})

test('a long text of tokens is one text', () => {
  expect(() => checkEmbeddingsRequest({ ...fine, input: Array.from({ length: 8191 }, () => 1) })).not.toThrow()
})

test.each([
  { input: 'Hello', tokens: undefined },
  { input: ['Hello', 'you'], tokens: undefined },
  { input: [1, 2], tokens: [[1, 2]] },
  { input: [[1], [2, 3]], tokens: [[1], [2, 3]] },
])('the tokens in $input are $tokens', ({ input, tokens }) => {
  expect(tokensIn(input)).toEqual(tokens)
})

test.each([
  ['nulls for what is left out', { encoding_format: null, dimensions: null, user: null, stream: null, models: null }],
  ['everything', { encoding_format: 'base64', dimensions: 256, user: 'me', stream: false, models: ['b'] }],
  ['fields of providers', { input_type: 'query', truncate: 'END', task: {} }],
])('a request with %s is taken as it is', (_, more) => {
  const request = { ...fine, ...more }
  expect(checkEmbeddingsRequest(request)).toBe(request)
})
