import { SpekaError } from '../errors.ts'
import { bodyLimits } from './body-limits.ts'
import { LONG_STRING_MARK } from './outline.ts'
import { parseBody, parseBodyInSlices, parseWholeBody, type BodyAids, type ParsedBody } from './parse-body.ts'
import { LONG_STRING_BYTES } from '../bytes/scan-object.ts'

function refusal(body: string | Uint8Array, aids: BodyAids = {}): SpekaError {
  try {
    parseBody(Buffer.from(body), aids)
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
    ['when a value is missing', '{"a":}', 'not valid JSON: it cannot be parsed.'],
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

const body = (text: string): Buffer => Buffer.from(JSON.stringify({ text }))

describe('a body is accepted', () => {
  test.each([
    ['with space around it', ' {"a":1} \n', { a: 1 }],
    ['with other fields twice', '{"user":"a","user":"b"}', { user: 'b' }],
    ['with other options twice', '{"stream_options":{"a":1,"a":2}}', { stream_options: { a: 2 } }],
    ['with the word in a text', '{"a":"__proto__"}', { a: '__proto__' }],
    ['with a field called constructor', '{"constructor":{"type":"string"}}', { constructor: { type: 'string' } }],
    ['with escapes', '{"m\\u006fdel":"\\ud83d\\ude00"}', { model: '😀' }],
    ['nested 64 levels deep', nested(64), JSON.parse(nested(64)) as unknown],
  ])('%s', (_, body, expected) => {
    expect(parseBody(Buffer.from(body)).value).toEqual(expected)
  })

  test.each([0, 1, 2, 3])('with letters of four bytes anywhere, here behind %d others', (before) => {
    const text = 'a'.repeat(before) + '😀'.repeat(20_000)
    expect(() => parseBody(body(text))).not.toThrow()
    expect(() => parseBody(body(text).subarray(0, -4))).toThrow('UTF-8')
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

/** A body with so many of something in one field. */
const withMany = (count: number, item: string): string => `{"model":"m","x":[${`${item},`.repeat(count - 1)}${item}]}`

describe('a body is large enough', () => {
  const { containers, strings, commas, bareBytes } = bodyLimits

  test.each([
    // The object itself, and the array.
    { what: 'objects', code: 'invalid_json', limit: containers, body: (count: number) => withMany(count - 2, '{}') },
    { what: 'arrays', code: 'invalid_json', limit: containers, body: (count: number) => withMany(count - 2, '[]') },
    // Two names and a text.
    { what: 'strings', code: 'invalid_json', limit: strings, body: (count: number) => withMany(count - 3, '""') },
    {
      what: 'names of fields',
      code: 'invalid_json',
      limit: strings,
      body: (count: number) => `{"x":{${'"a":1,'.repeat(count - 2)}"b":1}}`,
    },
    { what: 'numbers', code: 'invalid_json', limit: commas, body: (count: number) => withMany(count, '1') },
    {
      what: 'spaces',
      code: 'request_too_large',
      limit: bareBytes,
      body: (count: number) => `{"model":"m"${' '.repeat(count - '{"model":"m"}'.length + '"model""m"'.length)}}`,
    },
  ])('with as many $what as the limit says, and not with one more', ({ code, limit, body }) => {
    expect(() => parseBody(Buffer.from(body(limit)))).not.toThrow()
    expect(refusal(body(limit + 1))).toMatchObject({
      code,
      message: expect.stringMatching(/^The request has more than [\d,]+ /),
    })
  })

  test.each([
    ['a number without end', `{"x":${'1'.repeat(bareBytes)}}`],
    ['spaces before it', `${' '.repeat(bareBytes)}{}`],
    ['spaces behind it', `{}${' '.repeat(bareBytes + 1)}`],
  ])('with %s it is too large', (_, body) => {
    expect(refusal(body).code).toBe('request_too_large')
  })

  test('whatever the length of its strings', () => {
    const text = 'x'.repeat(LONG_STRING_BYTES - 2)
    const body = withMany(Math.ceil((2 * bareBytes) / text.length), `"${text}"`)
    expect(() => parseBody(Buffer.from(body))).not.toThrow()
  })

  test('and what is wrong with a large one that is no object is not searched for', () => {
    expect(refusal(`[${'[],'.repeat(30_000)}[]] x`).message).toContain('must be a JSON object')
  })
})

describe('whether its model may be used is asked', () => {
  const asked: string[] = []
  const admit = (model: string): void => void asked.push(model)
  const text = 'x'.repeat(100_000)
  beforeEach(() => void asked.splice(0))

  test('before anything else is read of a large body', () => {
    const no = new Error('not this one')
    const refuse = (): never => {
      throw no
    }
    // Neither JSON nor without a key called __proto__.
    const body = Buffer.from(`{"text":"${text}","model":"m","__proto__":nonsense}`)
    expect(() => parseBody(body, { admit: refuse })).toThrow(no)
    expect(() => parseWholeBody(body, { admit: refuse })).toThrow(no)
  })

  test.each([
    { what: 'the last of two', body: `{"model":"a","model":"b","text":"${text}"}`, models: ['b'] },
    { what: 'one that is escaped', body: `{"mod\\u0065l":"\\u0061","text":"${text}"}`, models: ['a'] },
    { what: 'one that is too long to be one', body: `{"model":"${text}"}`, models: [LONG_STRING_MARK] },
    { what: 'none when there is none', body: `{"text":"${text}"}`, models: [] },
    { what: 'none that is no text', body: `{"model":7,"text":"${text}"}`, models: [] },
    { what: 'none of a small body, which costs nothing to read', body: '{"model":"a"}', models: [] },
  ])('of $what', ({ body, models }) => {
    try {
      parseBody(Buffer.from(body), { admit })
    } catch (error) {
      if (!SpekaError.is(error)) throw error
    }
    expect(asked).toEqual(models)
  })
})

const readInSlices = (body: Buffer, aids?: BodyAids): { parsed: ParsedBody; turns: number } => {
  const reading = parseBodyInSlices(body, aids)
  for (let turns = 0; ; turns += 1) {
    const step = reading.next()
    if (step.done === true) return { parsed: step.value, turns }
  }
}
const errorOf = (parse: () => unknown): unknown => {
  try {
    parse()
  } catch (error) {
    return SpekaError.is(error) ? { code: error.code, message: error.message } : error
  }
  return undefined
}
const listOf = (count: number, item: (index: number) => string): string =>
  `[${Array.from({ length: count }, (_, index) => item(index)).join()}]`

const refuse = (): never => {
  throw new SpekaError('model_not_allowed', 'No.')
}

describe('a body that is read in slices', () => {
  test.each([
    { what: 'objects of one field', x: listOf(20_000, (index) => `{"k${index}":1}`), least: 8 },
    { what: 'numbers', x: listOf(100_000, String), least: 15 },
    { what: 'strings', x: listOf(50_000, (index) => `"text ${index}"`), least: 15 },
    { what: 'long strings, which are left out', x: listOf(500, () => `"${'ü'.repeat(4000)}"`), least: 4 },
    { what: 'an object in an object', x: `{"y":{"z":${listOf(20_000, (index) => `{"k${index}":1}`)}}}`, least: 8 },
  ])('is what it is at once, and gives others a turn: $what', ({ x, least }) => {
    const body = Buffer.from(`{"model":"a","x":${x},"last":"ü"}`)
    const { parsed, turns } = readInSlices(body)
    expect(parsed).toEqual(parseBody(body))
    expect(turns).toBeGreaterThanOrEqual(least)
    expect(parseBody(body, { parsed })).toBe(parsed)
  })

  const filler = `"filler":${listOf(20_000, () => '"some text"')}`
  test.each([
    ['not UTF-8', Buffer.from(`{${filler},"a":"\xff"}`, 'latin1')],
    ['cut off', `{${filler}`],
    ['without a value', `{${filler},"a":}`],
    ['with a comma left over', `{${filler},}`],
    ['with something behind it', `{${filler}} x`],
    ['with the prototype named', `{${filler},"a":[{"b":{"__proto__":1}}]}`],
    ['with the prototype hidden', `{${filler},"\\u005f_proto_\\u005F":1}`],
    ['with the prototype of a constructor', `{"constructor":{"prototype":1,${filler}}}`],
    ['with a field twice', `{"model":"a",${filler},"model":"b"}`],
    ['with a number without end', `{${filler},"a":${'1'.repeat(2000)}}`],
    ['an array', `[{${filler}}]`],
  ])('is refused in the same words: %s', (_, text) => {
    const body = Buffer.from(text)
    const inSlices = errorOf(() => readInSlices(body))
    expect(inSlices).toEqual(errorOf(() => parseBody(body)))
    expect(inSlices).toBeDefined()
  })

  test('is refused first of all to whoever may not use its model', () => {
    const body = Buffer.from(`{"model":"a",${filler},"broken":}`)
    expect(errorOf(() => readInSlices(body, { admit: refuse }))).toEqual({ code: 'model_not_allowed', message: 'No.' })
  })
})
