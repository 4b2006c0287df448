import { SpekaError } from '../errors.ts'
import { LONG_STRING_MARK, parseBody } from './parse-body.ts'

function refusal(body: string | Uint8Array): SpekaError {
  try {
    parseBody(Buffer.from(body))
  } catch (error) {
    if (SpekaError.is(error)) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

const nested = (levels: number): string => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`

describe('a body is refused', () => {
  test.each([
    ['when it is empty', '', 'The request body is empty'],
    ['when it is only space', ' \n ', 'The request body is empty'],
    ['when it is an array', '[1]', 'must be a JSON object'],
    ['when it is a string', '"text"', 'must be a JSON object'],
    ['when it is null', 'null', 'must be a JSON object'],
    ['when it is cut off', '{"model":"a"', 'it ends too early'],
    ['when it is cut off inside a string', '{"model":"a', 'it ends too early'],
    ['when something follows the object', '{"model":"a"} x', 'not valid JSON'],
    ['when a comma is left over', '{"model":"a",}', 'not valid JSON'],
    ['when a colon is missing', '{"model" "a"}', 'not valid JSON'],
    ['when it has a byte order mark', '\uFEFF{"model":"a"}', 'not valid JSON'],
    ['when it is not UTF-8', Buffer.from('{"a":"\xff"}', 'latin1'), 'not valid UTF-8'],
    ['when a letter is cut in half', Buffer.from('{"a":"ü').subarray(0, 7), 'not valid UTF-8'],
    ['when it is UTF-16', Buffer.from('{"a":1}', 'utf16le'), 'not valid JSON'],
    ['when it is nested too deep', nested(65), 'nested deeper than 64 levels'],
    ['when it is a million brackets', '['.repeat(1_000_000), 'nested deeper than 64 levels'],
    ['when it has more fields than any API', `{${'"a":1,'.repeat(500)}"b":1}`, 'more than 500 fields'],
    ['when it names the prototype', '{"__proto__":{"a":1}}', '"__proto__"'],
    ['when it names the prototype deep inside', '{"a":[{"b":{"__proto__":1}}]}', '"__proto__"'],
    ['when it hides the prototype behind escapes', '{"\\u005f_proto_\\u005F":1}', '"__proto__"'],
    ["when it reaches for the constructor's prototype", '{"a":{"constructor":{"prototype":{}}}}', '"constructor"'],
  ])('%s', (_, body, says) => {
    const error = refusal(body)
    expect(error.code).toBe('invalid_json')
    expect(error.message).toContain(says)
  })

  test('without quoting it back', () => {
    expect(refusal('{"messages": [secret]}').message).not.toContain('secret')
  })

  test.each([
    'model',
    'models',
    'messages',
    'input',
    'prompt',
    'size',
    'stream',
    'stream_options',
    'max_tokens',
    'max_completion_tokens',
    'n',
  ])('when it has %s twice, however it is spelled', (key) => {
    const escapedKey = `\\u${key.charCodeAt(0).toString(16).padStart(4, '0')}${key.slice(1)}`
    for (const body of [`{"${key}":1,"${key}":1}`, `{"${key}":1,"a":2,"${escapedKey}":1}`]) {
      expect(refusal(body)).toMatchObject({ code: 'duplicate_parameter', param: key })
    }
  })

  test('when the switch for usage is there twice, since another parser may keep the other', () => {
    const body = '{"stream_options":{"include_usage":false,"include_usage":true}}'
    expect(refusal(body)).toMatchObject({ code: 'duplicate_parameter', param: 'stream_options.include_usage' })
  })
})

describe('a body is accepted', () => {
  test.each([
    ['with space around it', ' {"a":1} \n', { a: 1 }],
    ['with other fields twice', '{"user":"a","user":"b"}', { user: 'b' }],
    ['with the word in a text', '{"a":"__proto__"}', { a: '__proto__' }],
    ['with a field called constructor', '{"constructor":{"type":"string"}}', { constructor: { type: 'string' } }],
    ['with escapes', '{"m\\u006fdel":"\\ud83d\\ude00"}', { model: '😀' }],
    ['nested 64 levels deep', nested(64), JSON.parse(nested(64)) as unknown],
  ])('%s', (_, body, expected) => {
    expect(parseBody(Buffer.from(body)).value).toEqual(expected)
  })

  test('with a long prompt, which is neither decoded nor touched', () => {
    const prompt = '"\\é😀'.repeat(2000)
    const text = JSON.stringify({ model: 'a', messages: [{ role: 'user', content: prompt }], n: 2 })
    const body = Buffer.from(text)
    const { value, scan } = parseBody(body)
    expect(value).toEqual({ model: 'a', messages: [{ role: 'user', content: LONG_STRING_MARK }], n: 2 })
    expect(body.toString()).toBe(text)
    const messages = scan.members[1]
    const slice = body.toString('utf8', messages?.valueStart, messages?.valueEnd)
    expect(JSON.parse(slice)).toEqual([{ role: 'user', content: prompt }])
  })
})
