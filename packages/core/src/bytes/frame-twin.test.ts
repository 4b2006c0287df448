import fc from 'fast-check'
import { dataOf } from './frames.ts'
import { Sees } from '../providers/provider.ts'
import { ChatStreamTranslator } from '../providers/openai-compatible/chat-stream.ts'
import { placesOfWords, twinOf, twinRun, type FrameTwin } from './frame-twin.ts'

const frame = (text: string, field = 'content', rest = '"finish_reason":null'): Buffer =>
  Buffer.from(`data: {"id":"1","model":"up","choices":[{"index":0,"delta":{"${field}":${text}},${rest}}]}\n\n`)

const isTwin = (twin: FrameTwin, other: Buffer): boolean => twinRun(twin, other, 0)?.end === other.length
const twinForCaller = (twin: FrameTwin, other: Buffer): Buffer | undefined => twinRun(twin, other, 0)?.forCaller

const first = frame('"Hi"')
const twin = twinOf(first, 'content', first)

describe('a frame is a twin', () => {
  test.each([
    ['with another word', frame('"Ho ho"')],
    ['with an escaped quote at its end', frame('"say \\""')],
    ['with only an escaped quote', frame('"\\""')],
    ['with a backslash at its end', frame('"a\\\\"')],
    ['with many backslashes', frame(`"${'\\\\'.repeat(40)}"`)],
    ['with a long text', frame(JSON.stringify('ü"\\'.repeat(1000)))],
    ['with a text that looks like the end of a frame', frame(JSON.stringify('"},"finish_reason":null}]}\n\n'))],
    ['with a text that looks like usage', frame(JSON.stringify('"usage":{"prompt_tokens":1}'))],
  ])('%s', (_, other) => {
    expect(isTwin(twin!, other)).toBe(true)
    expect(twinForCaller(twin!, other)).toEqual(other)
  })
})

describe('a frame is no twin', () => {
  test.each([
    ['without text', frame('""')],
    ['with null for text', frame('null')],
    ['with a second key after the text', frame('"a","role":"assistant"')],
    ['with a key smuggled in behind a backslash', frame('"a\\\\","refusal":"x"')],
    ['of another choice', Buffer.from(frame('"Hi"').toString().replace('"index":0', '"index":1'))],
    ['of another answer', Buffer.from(frame('"Hi"').toString().replace('"id":"1"', '"id":"2"'))],
    ['with other text', frame('"Hi"', 'reasoning_content')],
    ['with a finish', frame('"Hi"', 'content', '"finish_reason":"stop"')],
    ['that is cut off', first.subarray(0, -3)],
    ['of several lines', Buffer.from(frame('"Hi"').toString().replace('Hi', 'a\nb'))],
    ['that is empty', Buffer.alloc(0)],
    ['that is the end mark', Buffer.from('data: [DONE]\n\n')],
  ])('%s', (_, other) => {
    expect(isTwin(twin!, other)).toBe(false)
  })
})

test('a frame whose text cannot be found beyond doubt has no twins', () => {
  expect(twinOf(frame('"Hi"', 'content', '"logprobs":{"content":[]}'), 'content', first)).toBeUndefined()
  expect(twinOf(frame('["Hi"]'), 'content', first)).toBeUndefined()
  expect(twinOf(Buffer.from('data: {}\n\n'), 'content', first)).toBeUndefined()
})

test('twins get the name that their model has for the caller', () => {
  const renamed = Buffer.from(first.toString().replace('"up"', '"lab/model"'))
  const other = frame('"Ho\\"!"')
  const named = twinOf(first, 'content', renamed)
  expect(isTwin(named!, other)).toBe(true)
  expect(twinForCaller(named!, other)?.toString()).toBe(other.toString().replace('"up"', '"lab/model"'))
})

describe('twins that follow each other', () => {
  const texts = ['"a"', '"\\""', '"long enough to be searched for natively, not byte by byte"', '"ü"']
  const several = Buffer.concat(texts.map((text) => frame(text)))
  const finish = frame('"!"', 'content', '"finish_reason":"stop"')

  test('are taken together, from anywhere in a chunk, up to the first that is none', () => {
    const chunk = Buffer.concat([finish, several, finish, several])
    expect(twinRun(twin!, chunk, finish.length)).toEqual({
      end: finish.length + several.length,
      forCaller: several,
      count: 4,
      textBytes: 62,
    })
    expect(twinRun(twin!, chunk, 0)).toBeUndefined()
  })

  test('are taken as far as they are whole', () => {
    const chunk = several.subarray(0, -1)
    expect(twinRun(twin!, chunk, 0)?.end).toBe(several.length - frame('"ü"').length)
  })

  test('all get the name that their model has for the caller', () => {
    const named = twinOf(first, 'content', rename(first))
    expect(twinRun(named!, Buffer.concat([several, finish]), 0)).toEqual({
      end: several.length,
      forCaller: rename(several),
      count: 4,
      texts: expect.any(Array),
      textBytes: 62,
    })
  })
})

const rename = (bytes: Buffer) => Buffer.from(bytes.toString().replaceAll('"up"', '"lab/model"'))

const behind = (model: string) => Buffer.from(`data: {"choices":[{"delta":{"content":"Hi"}}],"model":"${model}"}\n\n`)

test('twins get what stands behind the text for the caller too', () => {
  const named = twinOf(behind('up'), 'content', behind('lab/model'))
  expect(twinForCaller(named!, behind('up'))).toEqual(behind('lab/model'))
})

test('twins get the name that their field has for the caller', () => {
  const known = frame('"Hi"', 'reasoning_content')
  const named = twinOf(frame('"Hi"', 'reasoning'), 'reasoning', known, 'reasoning_content')
  expect(twinForCaller(named!, frame('"Hm"', 'reasoning'))).toEqual(frame('"Hm"', 'reasoning_content'))
})

const padded = (text: string, padding: string, model = 'up', number = 0): Buffer =>
  Buffer.from(
    `data: {"sequence_number":${number},"model":"${model}","delta":{"content":"${text}"},"obfuscation":"${padding}"}\n\n`,
  )

const bare = (text: string): Buffer => Buffer.from(`data: {"text":"${text}"}\n\n`)

describe('frames that are each padded differently, and numbered', () => {
  const one = padded('Hi', 'x3')
  const several = Buffer.concat([
    padded('a', '', 'up', 9),
    padded('say \\"', 'pAd', 'up', 10),
    padded('c', 'y'.repeat(99)),
  ])

  test('are twins', () => {
    const run = twinRun(twinOf(one, 'content', one)!, several, 0)
    expect(run).toEqual({ end: several.length, forCaller: several, count: 3, textBytes: 8 })
  })

  test('keep their padding and number where something else differs for the caller', () => {
    const named = twinOf(one, 'content', rename(one))
    const run = twinRun(named!, several, 0)
    expect(run?.forCaller).toEqual(rename(several))
    const places = placesOfWords(named!, run!)
    const texts = [0, 2, 4].map((at) => several.toString('utf8', places[at], places[at + 1]))
    expect(texts).toEqual(['a', 'say \\"', 'c'])
  })

  test('lose them where the caller has none', () => {
    const told = twinOf(one, 'content', bare(''), 'text')
    expect(twinRun(told!, several, 0)?.forCaller).toEqual(Buffer.concat(['a', 'say \\"', 'c'].map(bare)))
  })

  test('end with the first that says nothing, has no number, or says more', () => {
    const own = twinOf(one, 'content', rename(one))
    const more = Buffer.from(one.toString().replace('}\n', ',"usage":{}}\n'))
    const unnumbered = Buffer.from(one.toString().replace(':0,', ':null,'))
    for (const other of [padded('', 'p'), unnumbered, more, one.subarray(0, -1)])
      expect(twinRun(own!, Buffer.concat([several, other]), 0)).toMatchObject({
        end: several.length,
        forCaller: rename(several),
        count: 3,
      })
  })
})

const blanked = (text: string, blanks: number): Buffer =>
  Buffer.from(`event: said\ndata: {"delta":{"text":"${text}"}${' '.repeat(blanks)}}\n\n`)

describe('frames with blanks before their last brace', () => {
  const one = blanked('Hi', 3)
  const several = Buffer.concat([blanked('a }', 0), blanked('say \\"', 15), blanked('c', 1)])

  test('are twins of one that has some, however many they have, and its words alone are counted', () => {
    const run = twinRun(twinOf(one, 'text', one)!, several, 0)
    expect(run).toEqual({ end: several.length, forCaller: several, count: 3, textBytes: 10 })
  })

  test('end with the first that has something else there', () => {
    const other = Buffer.from(one.toString().replace('  }', ' ,"usage":{}}'))
    expect(twinRun(twinOf(one, 'text', one)!, Buffer.concat([several, other]), 0)?.end).toBe(several.length)
  })
})

const escape = (letter: string) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`
const spelling = fc.tuple(fc.string({ unit: 'grapheme' }), fc.boolean()).map(([text, ascii]) => {
  const json = JSON.stringify(text)
  return ascii ? json.replace(/[^\x20-\x7e]/g, escape) : json
})
const event = fc
  .record({
    text: spelling,
    field: fc.constantFrom('content', 'content', 'content', 'reasoning_content', 'reasoning'),
    index: fc.constantFrom(0, 0, 0, 1),
    behind: fc.boolean(),
    space: fc.constantFrom('', '', ' '),
    // What upstreams repeat in every event, ahead of the text or behind it.
    ahead: fc.constantFrom('', '', '"role":"assistant",', '"refusal":null,"tool_calls":null,'),
    after: fc.constantFrom('', '', ',"refusal":null', ',"annotations":[]'),
    // What OpenAI requires, and some leave out or spell otherwise.
    unfinished: fc.constantFrom(',"finish_reason":null', ',"finish_reason":null', '', ',"finish_reason":""'),
    head: fc.constantFrom(
      '"id":"c","object":"chat.completion.chunk","created":7,',
      '"id":"c","object":"chat.completion.chunk","created":7.25,"system_fingerprint":null,',
      '',
    ),
  })
  .map(({ text, field, index, behind, space, ahead, after, unfinished, head }) => {
    const delta = `{${ahead}"${field}":${space}${text}${after}}`
    const choices = `"choices":[{"index":${index},"delta":${delta}${unfinished}}]`
    return Buffer.from(`data: {${head}${behind ? `${choices},"model":"up"` : `"model":"up",${choices}`}}\n\n`)
  })

test('callers see the same with twins as without', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 12 }), fc.constantFrom('up', 'lab/"model"'), (events, model) => {
      const target = { model, upstreamModel: 'up' }
      const begun = new Set<number>()
      const name = { id: 'chatcmpl-1', created: 1 }
      const withTwins = new ChatStreamTranslator(target, name)
      for (const upstream of events) {
        const chunk = JSON.parse(String(dataOf(upstream))) as {
          created?: number
          system_fingerprint?: null
          choices: [{ index: number; delta: Record<string, unknown> }]
        }
        const [{ index, delta }] = chunk.choices
        const { reasoning, tool_calls: _none, ...kept } = delta
        const { system_fingerprint: _unknown, ...head } = chunk
        const expected = {
          ...name,
          object: 'chat.completion.chunk',
          ...head,
          ...(head.created !== undefined && { created: 7 }),
          model,
          choices: [
            {
              ...chunk.choices[0],
              finish_reason: null,
              delta: {
                ...kept,
                ...(reasoning !== undefined && { reasoning_content: reasoning }),
                ...(!begun.has(index) && { role: 'assistant' }),
              },
            },
          ],
        }
        begun.add(index)
        const seen: unknown[] = []
        withTwins.frame(upstream, (out, sees) => {
          seen.push(JSON.parse(String(dataOf(Buffer.from(out)))))
          expect((sees & Sees.Output) !== 0).toBe(
            [delta['content'], delta['reasoning_content'], reasoning].some(Boolean),
          )
        })
        expect(seen).toEqual([expected])
      }
    }),
  )
})
