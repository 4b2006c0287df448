import fc from 'fast-check'
import {
  asBuffer,
  LONG_AMONG_MANY_BYTES,
  LONG_STRING_BYTES,
  memberCalled,
  MOST_SHORT_BYTES,
  nestsDeeperThan,
  scanInSlices,
  scanObject,
  scanWithin,
  type ObjectScan,
  type ScanFailure,
  type ScanLimits,
} from './scan-object.ts'
import { stringEnd } from './json-string.ts'

const space = fc.stringMatching(/^[ \t\r\n]{0,3}$/)
const json = fc.jsonValue({ maxDepth: 3 })

/** A JSON text for `value` that a person or a careless program might have written: spaced, and with escapes. */
const written = (value: unknown, gap: string, escape: boolean): string => {
  const text = (inner: unknown): string => {
    if (typeof inner === 'string') return escape ? escaped(inner) : JSON.stringify(inner)
    if (Array.isArray(inner)) return `[${gap}${inner.map(text).join(`${gap},${gap}`)}${gap}]`
    if (typeof inner !== 'object' || inner === null) return JSON.stringify(inner)
    const members = Object.entries(inner).map(([key, each]) => `${text(key)}${gap}:${gap}${text(each)}`)
    return `{${gap}${members.join(`${gap},${gap}`)}${gap}}`
  }
  return text(value)
}

const escaped = (text: string): string =>
  `"${[...text].map((letter) => letter.split('').map(unicodeEscape).join('')).join('')}"`
const unicodeEscape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

const objects = fc.tuple(fc.dictionary(fc.string({ unit: 'grapheme' }), json), space, fc.boolean())

/** Compared as pairs: JavaScript moves keys that look like numbers to the front of an object. */
const sorted = (pairs: unknown[][] = []) => pairs.toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1))

const nested = (levels: number) => Buffer.from(`{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`)

describe('scanning an object', () => {
  test('finds the members that JSON.parse finds, and where their values stand', () => {
    fc.assert(
      fc.property(objects, space, ([value, gap, escape], around) => {
        const bytes = Buffer.from(around + written(value, gap, escape) + around)
        const parsed = JSON.parse(bytes.toString()) as Record<string, unknown>
        const scan = scanObject(bytes)
        const found = scan?.members.map(({ key, valueStart, valueEnd }) => [
          key,
          JSON.parse(bytes.toString('utf8', valueStart, valueEnd)) as unknown,
        ])
        expect(sorted(found)).toEqual(sorted(Object.entries(parsed)))
        expect(JSON.parse(bytes.toString('utf8', scan?.object.start, scan?.object.end))).toEqual(parsed)
      }),
    )
  })

  test('takes no key for one seen before that is only spelled like it', () => {
    const keys = ['"a\\\\b"', '"a\\b"', '"é"', '"\\u00e9"', '"a\\\\b"']
    const found = keys.map((key) => scanObject(Buffer.from(`{${key}:1}`))?.members[0]?.key)
    expect(found).toEqual(keys.map((key) => JSON.parse(key) as string))
  })

  test('gives each value without the space around it', () => {
    const bytes = Buffer.from(' { "a" : [ 1 ] , "b":"x"\n,"c":  -1.5e3 } ')
    const values = scanObject(bytes)?.members.map(({ valueStart, valueEnd }) =>
      bytes.toString('utf8', valueStart, valueEnd),
    )
    expect(values).toEqual(['[ 1 ]', '"x"', '-1.5e3'])
  })

  test.each([
    ['nothing', ''],
    ['an array', '[{"a":1}]'],
    ['a string', '"{}"'],
    ['an object that does not end', '{"a":1'],
    ['a string that does not end', '{"a":"1}'],
    ['a byte order mark', '\uFEFF{}'],
    ['a comma without a member', '{,}'],
  ])('finds no object in %s', (_, text) => {
    expect(scanObject(Buffer.from(text))).toBeUndefined()
  })

  test('counts depth, and stops beyond the limit', () => {
    expect(scanObject(nested(64))?.depth).toBe(64)
    expect(scanObject(nested(65))).toBeUndefined()
    expect(scanObject(nested(65), Infinity)?.depth).toBe(65)
  })

  test('does not count brackets inside strings', () => {
    const bytes = Buffer.from(`{"a":"${'{['.repeat(200)}\\"${'['.repeat(200)}"}`)
    expect(scanObject(bytes)?.depth).toBe(1)
    expect(nestsDeeperThan(bytes, 1)).toBe(false)
  })

  test('keeps both of two members with one name, of which the last counts', () => {
    const scan = scanObject(Buffer.from('{"a":1,"\\u0061":2}'))
    expect(scan?.members.map(({ key }) => key)).toEqual(['a', 'a'])
    expect(memberCalled(scan!, 'a')).toBe(scan?.members[1])
    expect(memberCalled(scan!, 'b')).toBeUndefined()
  })

  test.each([
    { length: LONG_STRING_BYTES - 2, long: false },
    { length: LONG_STRING_BYTES - 1, long: true },
  ])('a string of $length letters is reported as long: $long', ({ length, long }) => {
    const text = JSON.stringify('x'.repeat(length))
    const bytes = Buffer.from(`{"a":[{"b":${text}}]}`)
    const spans = scanObject(bytes)?.longStrings.map(({ start, end }) => bytes.toString('utf8', start, end))
    expect(spans).toEqual(long ? [text] : [])
  })
})

describe('the end of a string', () => {
  test('is found whatever it holds, and is missing when it is cut', () => {
    const nasty = fc.string({ unit: fc.constantFrom('\\', '"', 'a', 'ü', '\n', '😀'), maxLength: 80 })
    fc.assert(
      fc.property(nasty, fc.nat(200), (text, cut) => {
        const quoted = Buffer.from(JSON.stringify(text))
        expect(stringEnd(Buffer.concat([quoted, Buffer.from('",\\"')]), 0)).toBe(quoted.length)
        expect(stringEnd(quoted.subarray(0, cut % quoted.length), 0)).toBe(-1)
      }),
    )
  })
})

test('bytes of any kind are read in place', () => {
  const memory = new Uint8Array([0, 0x7b, 0x7d, 0])
  const view = memory.subarray(1, 3)
  expect(asBuffer(view).buffer).toBe(memory.buffer)
  expect(scanObject(view)?.object).toEqual({ start: 0, end: 2 })
})

test('nesting is counted to the limit and no further', () => {
  expect(nestsDeeperThan(Buffer.from('[[1],[2]]'), 2)).toBe(false)
  expect(nestsDeeperThan(Buffer.from('[[1],[2]]'), 1)).toBe(true)
  expect(nestsDeeperThan(Buffer.from('['.repeat(1_000_000)), 64)).toBe(true)
})

/** So many bytes of JSON. */
const text = (length: number): string => `"${'x'.repeat(length - 2)}"`

test('strings count as long sooner once there are megabytes of shorter ones', () => {
  const many = Math.floor(MOST_SHORT_BYTES / LONG_STRING_BYTES)
  const texts = (more: readonly string[]): Buffer =>
    Buffer.from(`{"a":[${[...Array.from({ length: many }, () => text(LONG_STRING_BYTES)), ...more].join()}]}`)
  const last = [text(LONG_AMONG_MANY_BYTES + 1), text(LONG_AMONG_MANY_BYTES)]
  expect(scanObject(texts(['""', ...last]))?.longStrings).toHaveLength(1)
  expect(scanObject(Buffer.from(`{"a":[${last.join()}]}`))?.longStrings).toHaveLength(0)
})

test('depth is that of the deepest value, wherever it stands', () => {
  expect(scanObject(Buffer.from('{"a":[[1]],"b":[]}'))?.depth).toBe(3)
})

test.each([1, 2, 3, 4])('a long string may end in backslashes: %d', (slashes) => {
  const text = `"${'a'.repeat(40)}${'\\'.repeat(slashes)}"`
  expect(stringEnd(Buffer.from(text), 0)).toBe(slashes % 2 === 0 ? text.length : -1)
})

describe('a scan within limits', () => {
  const roomy: ScanLimits = {
    depth: 9,
    members: 9,
    containers: 9,
    strings: 9,
    commas: 9,
    bareBytes: 99,
    numberBytes: 9,
  }
  const scan = (text: string, limits: Partial<ScanLimits>) => scanWithin(Buffer.from(text), { ...roomy, ...limits })

  test.each([
    { limits: { depth: 2 }, within: '{"a":[1]}', above: '{"a":[[1]]}' },
    { limits: { members: 1 }, within: '{"a":1}', above: '{"a":1,"b":2}' },
    { limits: { containers: 2 }, within: '{"a":[1]}', above: '{"a":[{}]}' },
    { limits: { strings: 2 }, within: '{"a":"b"}', above: '{"a":["b","c"]}' },
    { limits: { commas: 1 }, within: '{"a":[1,2]}', above: '{"a":[1,2,3]}' },
    { limits: { bareBytes: 6 }, within: '{"ab":123}', above: '{"ab":1234}' },
    { limits: { numberBytes: 3 }, within: '{"a":123}', above: '{"a":1234}' },
  ])('stops above $limits', ({ limits, within, above }) => {
    expect(scan(within, limits)).toHaveProperty('members')
    expect(scan(above, limits)).toBe(Object.keys(limits)[0])
  })

  test('stops at once, and does not look whether there is an end', () => {
    expect(scan('{"a":1,"b":2,', { members: 1 })).toBe('members')
    expect(scan('{"a":[1,2,', { commas: 1 })).toBe('commas')
    expect(scan('{"a":[[', { containers: 2 })).toBe('containers')
    expect(scan('{"a":["b","c"', { strings: 2 })).toBe('strings')
  })

  test('says so when there is no object, or no whole one', () => {
    for (const text of ['', ' ', '[1]', '{"a":1', '{"a', '{,}']) expect(scan(text, {})).toBe('object')
  })

  test('does not count what is within strings', () => {
    const text = `"${'[{,'.repeat(1000)}"`
    expect(scan(`{"a":${text}}`, { bareBytes: 5 })).toHaveProperty('longStrings')
  })
})

const unlimited: ScanLimits = {
  depth: 64,
  members: 500,
  containers: 1e6,
  strings: 1e6,
  commas: 1e6,
  bareBytes: 1e9,
  numberBytes: 1000,
}

/** What a scan in slices of so much work finds, and how often it gives others a turn. */
function sliced(bytes: Buffer, limits: ScanLimits, work: number): { scan: ObjectScan | ScanFailure; turns: number } {
  const scanning = scanInSlices(bytes, limits, work)
  for (let turns = 0; ; turns += 1) {
    const step = scanning.next()
    if (step.done === true) return { scan: step.value, turns }
  }
}

describe('a scan in slices', () => {
  test('finds what a scan at once finds', () => {
    const nasty = fc.string({ unit: fc.constantFrom('\\', '"', 'a', 'ü', '\n', '{', ','), maxLength: 200 })
    const bodies = fc.dictionary(nasty, fc.oneof(json, nasty))
    fc.assert(
      fc.property(bodies, space, fc.integer({ min: 1, max: 30 }), fc.nat(300), (value, gap, work, bareBytes) => {
        const bytes = Buffer.from(gap + written(value, gap, false))
        const limits = { ...unlimited, bareBytes }
        expect(sliced(bytes, limits, work).scan).toEqual(scanWithin(bytes, limits))
      }),
    )
  })

  test.each([
    { what: 'brackets', text: '[],'.repeat(10_000), least: 20 },
    { what: 'spaces', text: ' '.repeat(10_000), least: 8 },
    { what: 'short strings', text: '"a",'.repeat(10_000), least: 20 },
    { what: 'escaped quotes', text: `"${'\\"'.repeat(10_000)}"`, least: 15 },
    { what: 'backslashes', text: `"${'\\\\'.repeat(10_000)}"`, least: 15 },
  ])('gives others a turn among $what', ({ text: inner, least }) => {
    const bytes = Buffer.from(`{"a":[${inner}]}`)
    expect(sliced(bytes, unlimited, 1000).turns).toBeGreaterThanOrEqual(least)
    expect(sliced(bytes, unlimited, 1000).scan).toEqual(scanWithin(bytes, unlimited))
  })

  test('passes a long string by in one', () => {
    expect(sliced(Buffer.from(`{"a":"${'x'.repeat(50_000)}"}`), unlimited, 1000).turns).toBe(0)
  })
})
