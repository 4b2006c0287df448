import fc from 'fast-check'
import { parseKeeping } from './keep-strings.ts'
import { LONG_STRING_BYTES, scanObject } from '../bytes/scan-object.ts'
import { join } from '../bytes/splice.ts'

const limits = { body: 0, string: 1024, jsonInStrings: 0 }
const long = 'x'.repeat(2 * LONG_STRING_BYTES)
const body = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

function open(bytes: Buffer, given = limits, member: 'messages' | 'input' = 'messages') {
  const scan = scanObject(bytes)
  if (scan === undefined) throw new Error('no object')
  return parseKeeping(bytes, scan, member, given)
}

/** What stands in the value for the one text in it. */
const seenFor = (text: string, given = limits): string => {
  const { value } = open(body({ messages: [text] }), given)
  return (value as { messages: [string] }).messages[0]
}

describe('a body whose long strings are kept', () => {
  test('is written as it was, whatever its strings hold', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        long,
        `${long}\\`,
        `"${long}"\n \t`,
        `${long}\\n`,
        `{"a":"${long}"}`,
        `data:image/png;base64,${long}`,
      ),
    )
    const anything = fc.anything({ values: [text, fc.integer(), fc.boolean()], key: fc.string(), maxDepth: 3 })
    fc.assert(
      fc.property(fc.array(fc.oneof(text, anything)), anything, (messages, other) => {
        const before = body({ before: other, messages, behind: long })
        const { value, write } = open(before)
        expect(JSON.parse(join(write(value)).toString())).toEqual(JSON.parse(before.toString()))
      }),
      { numRuns: 200 },
    )
  })

  test('can be taken apart and put together in another shape', () => {
    const { value, write } = open(body({ messages: [`a${long}`, `b${long} \n`], n: 1 }))
    const [first, second] = (value as { messages: [string, string] }).messages
    const made = { said: `${second.trimEnd()}|${first}`, twice: first }
    expect(JSON.parse(join(write(made)).toString())).toEqual({ said: `b${long}|a${long}`, twice: `a${long}` })
  })

  test('puts the very bytes back, in the spelling of the caller', () => {
    const spelled = `"${'\\u0061\\/'.repeat(2000)}"`
    const { value, write } = open(Buffer.from(`{"messages":[${spelled}]}`))
    expect(join(write(value)).toString()).toBe(`{"messages":[${spelled}]}`)
  })

  test('takes no text of a caller for a mark, not even one that it has seen before', () => {
    const mark = seenFor(long)
    expect(seenFor(long)).not.toBe(mark)
    const { value, write } = open(body({ messages: [mark, long] }))
    expect(JSON.parse(join(write(value)).toString())).toEqual({ messages: [mark, long] })
  })
})

describe('of a string is decoded', () => {
  test('nothing, when it is long: a mark of base64 letters stands for it', () => {
    expect(seenFor(long)).toMatch(/^[\da-f]{32}\d{8}$/)
  })

  test.each([
    ['the beginning of a data URL', `data:image/png;base64,${long}`, /^data:image\/png;base64,[\da-f]{32}\d{8}$/],
    ['the beginning of one in capitals', `DATA:image/png;base64,${long}`, /^DATA:image\/png;base64,[\da-f]{32}\d{8}$/],
    ['white space at its end', `${long} \n\r\t  `, /^[\da-f]{32}\d{8} \n\r\t {2}$/],
    ['as many spaces as are looked for', `${long}${' '.repeat(2000)}`, /^[\da-f]{40} {1024}$/],
    ['as many line ends', `${long}${'\n'.repeat(2000)}`, /^[\da-f]{40}\n{512}$/],
    ['no letter at its end that looks like white space', `${long}\\n`, /^[\da-f]{32}\d{8}$/],
  ])('%s', (_, text, expected) => {
    expect(seenFor(text)).toMatch(expected)
  })

  test.each([
    ['a text in base64', `data:text/plain;base64,${long}`],
    ['an address', `https://example.com/${long}`],
  ])('all of %s', (_, text) => {
    expect(seenFor(text)).toBe(text)
  })

  test('all, when less than is worth it would be kept', () => {
    expect(seenFor(long, { ...limits, string: long.length + 1 })).toBe(long)
    expect(seenFor(long, { ...limits, string: long.length })).not.toBe(long)
  })

  test('all of JSON within it, up to a limit for all of it', () => {
    const [one, other] = [`{"a":"${long}"}`, ` \n[1,"${long}"]`]
    const sizes = [JSON.stringify(one).length, JSON.stringify(other).length] as const
    const both = { ...limits, jsonInStrings: sizes[0] + sizes[1] }
    expect(open(body({ messages: [one, other] }), both).value).toEqual({ messages: [one, other] })
    const less = { ...limits, jsonInStrings: sizes[0] + sizes[1] - 1 }
    const { messages } = open(body({ messages: [one, other] }), less).value as { messages: string[] }
    expect(messages[0]).toBe(one)
    expect(messages[1]).not.toBe(other)
  })
})

test('strings elsewhere in a body are decoded: what is made of a tool or a format is not known here', () => {
  const value = { tools: [long], messages: ['short'], response_format: { a: long } }
  expect(open(body(value)).value).toEqual(value)
})

test('a body that is not large is simply parsed', () => {
  const bytes = body({ messages: [long] })
  expect(open(bytes, { ...limits, body: bytes.length }).value).toEqual({ messages: [long] })
  expect(open(bytes, { ...limits, body: bytes.length - 1 }).value).not.toEqual({ messages: [long] })
})
