import { readImagesCall } from '../../operations/images/images-call.ts'
import { NO_TOKENS } from '../../operations/images/image-events.ts'
import type { ImagesAnswer } from '../../operations/images/images.ts'
import { join, splice } from '../../bytes/splice.ts'
import { mintRequestId } from '../../uuid.ts'
import type { Answer, Reply, Step } from '../provider.ts'
import { readImagesAnswer } from './images-answer.ts'
import { imagesAnswer, usageOf, writeImagesAnswer } from './write-images-answer.ts'

const png = 'iVBORw0KGgoAAAA='
const pngBytes = Buffer.from(png, 'base64')

interface Given {
  readonly request?: object
  /** What lies at the addresses, in order. */
  readonly fetched?: readonly Partial<Reply>[]
  readonly isGateway?: boolean
}

/** Reads a reply, fetching what it must. */
function read(body: unknown, { request = {}, fetched = [], isGateway = false }: Given = {}) {
  const asked = Buffer.from(JSON.stringify({ model: 'a', prompt: 'A cat', ...request }))
  const call = readImagesCall(asked, { id: mintRequestId(0), receivedAt: 7000 })
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const steps = readImagesAnswer({ status: 200, headers: {}, body: Buffer.from(text) }, call, isGateway)
  const sent: Step[] = []
  let step = steps.next()
  for (const reply of fetched) {
    if (step.done === true) break
    sent.push(step.value)
    step = steps.next({ status: 200, headers: { 'content-type': 'image/png' }, body: pngBytes, ...reply })
  }
  if (step.done !== true) throw new Error('something more was to be fetched')
  return { answer: step.value, sent }
}

const seen = ({ body, edits }: Answer): ImagesAnswer => JSON.parse(join(splice(body, edits)).toString())
const usage = { ...NO_TOKENS, images: 1 }

describe('an answer of images', () => {
  test.each([
    { what: 'bytes as bytes', given: { b64_json: png }, format: 'b64_json', found: { b64_json: png } },
    { what: 'bytes by default', given: { b64_json: png }, format: null, found: { b64_json: png } },
    {
      what: 'bytes as an address',
      given: { b64_json: png },
      format: 'url',
      found: { url: `data:image/png;base64,${png}` },
    },
    {
      what: 'an address as it is',
      given: { url: 'https://cdn.example/a.png?x=1' },
      format: 'url',
      found: { url: 'https://cdn.example/a.png?x=1' },
    },
    {
      what: 'bytes within an address',
      given: { url: `data:image/png;base64,${png}` },
      format: 'b64_json',
      found: { b64_json: png },
    },
    {
      what: 'an address with its bytes',
      given: { url: `data:image/png;base64,${png}` },
      format: 'url',
      found: { url: `data:image/png;base64,${png}` },
    },
    {
      what: 'both, bytes alone',
      given: { b64_json: png, url: 'https://cdn.example/a' },
      format: 'b64_json',
      found: { b64_json: png },
    },
    {
      what: 'the words that were drawn',
      given: { b64_json: png, revised_prompt: 'A 🐈' },
      format: 'url',
      found: { url: `data:image/png;base64,${png}`, revised_prompt: 'A 🐈' },
    },
  ])('gives $what', ({ given, format, found }) => {
    const { answer } = read({ created: 9, data: [given] }, { request: { response_format: format } })
    expect(seen(answer)).toEqual({ created: 9, usage, data: [found] })
  })

  test('fetches what came as an address, one after the other, and asks for nothing compressed', () => {
    const data = [
      { url: 'https://cdn.example/a%20b.png?sig=1&x=%2F' },
      { b64_json: png },
      { url: 'https://cdn.example/c' },
    ]
    const fetched = [{ body: Buffer.from('first') }, { headers: {}, body: Buffer.from('second') }]
    const { answer, sent } = read({ data }, { fetched })
    expect(seen(answer).data).toEqual(
      ['first', 'image', 'second'].map((name) => ({
        b64_json: name === 'image' ? png : Buffer.from(name).toString('base64'),
      })),
    )
    expect(sent).toMatchObject([
      { send: { method: 'GET', path: '/a%20b.png?sig=1&x=%2F', headers: { 'accept-encoding': 'identity' } } },
      { send: { path: '/c' } },
    ])
    expect(sent.map((step) => ('to' in step ? String(step.to) : undefined))).toEqual([data[0]?.url, data[2]?.url])
  })

  test('of a stream are bytes, since its events know nothing else', () => {
    const { answer } = read({ data: [{ b64_json: png }] }, { request: { stream: true, response_format: 'url' } })
    expect(seen(answer).data).toEqual([{ b64_json: png }])
  })

  test('keeps large images as they are, without parsing them', () => {
    const large = Buffer.alloc(300_000, 'image').toString('base64')
    const text = `{"created":1, "data": [ {"b64_json": "${large}", "revised_prompt":"\\u0041"} ]}`
    const parse = JSON.parse
    let longest = 0
    JSON.parse = (json: string) => {
      longest = Math.max(longest, json.length)
      return parse(json)
    }
    let answer
    try {
      answer = read(text).answer
    } finally {
      JSON.parse = parse
    }
    expect(longest).toBeLessThan(200)
    expect(seen(answer)).toEqual({ created: 1, usage, data: [{ b64_json: large, revised_prompt: 'A' }] })
  })

  test('keeps what OpenAI says of the images, and counts its tokens beside them', () => {
    const told = { background: 'opaque', output_format: 'webp', quality: 'high', size: '1536x864' }
    const tokens = {
      input_tokens: 5,
      output_tokens: 40,
      total_tokens: 45,
      input_tokens_details: { text_tokens: 5, image_tokens: 0 },
    }
    const { answer } = read({ created: 1.5, ...told, model: 'up', data: [{ b64_json: png }], usage: tokens })
    expect(seen(answer)).toEqual({ created: 1, ...told, data: [{ b64_json: png }], usage: { ...tokens, images: 1 } })
    expect(answer.usage).toEqual({ images: 1, inputTokens: 5, outputTokens: 40 })
  })

  test('counts images alone where nobody counts tokens, and takes the time of the request for a time', () => {
    const { answer } = read({ data: [{ b64_json: png }, { b64_json: png }] })
    expect(answer.usage).toEqual({ images: 2 })
    expect(seen(answer)).toMatchObject({ created: 7, usage: { ...NO_TOKENS, images: 2 } })
  })

  test('of a gateway says what it charges', () => {
    const charged = { cost_details: { total: '0.02' } }
    const body = { data: [{ b64_json: png }], usage: charged }
    expect(read(body, { isGateway: true }).answer.charge).toBe(20_000_000_000n)
    expect(read(body).answer.charge).toBeUndefined()
  })
})

describe('what is no answer of images', () => {
  test.each([
    ['nothing', '', 'sent something else than JSON'],
    ['markup', '<html>', 'sent something else than JSON'],
    ['half an answer', '{"data":[{"b64_json":"iVBO', 'sent something else than JSON'],
    ['no data', {}, 'sent an answer without images'],
    ['an empty list', { data: [] }, 'sent an answer without images'],
    ['data that is none', { data: { b64_json: png } }, 'sent an answer without images'],
    ['an item that is none', { data: [{ b64_json: png }, null] }, 'sent something else than images'],
    ['an item with nothing in it', { data: [{}] }, 'sent something else than images'],
    ['an empty image', { data: [{ b64_json: '' }] }, 'sent something else than images'],
    ['a number', { data: [{ b64_json: 7 }] }, 'sent something else than images'],
    ['an empty address', { data: [{ url: '' }] }, 'sent something else than images'],
    ['no address', { data: [{ url: 'not an address' }] }, 'sent an image at something else than an address'],
    ['a path', { data: [{ url: '/files/a.png' }] }, 'sent an image at something else than an address'],
    ['a file', { data: [{ url: 'file:///etc/passwd' }] }, 'sent an image at something else than an address'],
    ['a script', { data: [{ url: 'javascript:alert(1)' }] }, 'sent an image at something else than an address'],
    [
      'an address that holds no bytes',
      { data: [{ url: 'data:image/png;base64,' }] },
      'sent an image at something else than an address',
    ],
    [
      'an address that holds words',
      { data: [{ url: 'data:text/html,<p>' }] },
      'sent an image at something else than an address',
    ],
  ])('%s is said to be bad', (_, body, says) => {
    for (const format of ['b64_json', 'url']) {
      const reading = () => read(body, { request: { response_format: format } })
      expect(reading).toThrow(expect.objectContaining({ name: 'BadReplyError', message: says }))
    }
  })

  test.each([
    { what: 'nothing', reply: { body: Buffer.alloc(0) } },
    { what: 'a page', reply: { headers: { 'content-type': 'text/html; charset=utf-8' } } },
    { what: 'an explanation', reply: { headers: { 'content-type': 'application/xml' } } },
  ])('$what at the address is said to be bad', ({ reply }) => {
    expect(() => read({ data: [{ url: 'https://cdn.example/a' }] }, { fetched: [reply] })).toThrow(
      expect.objectContaining({ name: 'BadReplyError', message: 'pointed to something else than an image' }),
    )
  })

  test('an error in a success is taken for what it says', () => {
    const body = { error: { message: 'Your request was rejected', code: 'content_policy_violation' }, data: [] }
    expect(() => read(body)).toThrow(
      expect.objectContaining({ failure: expect.objectContaining({ class: 'content_policy' }) }),
    )
  })
})

describe('an answer of images that is written anew', () => {
  test('says where its usage stands, whatever is before it', () => {
    const more = { background: 'ö "usage":{}' }
    const { body, usageAt, usageJson } = writeImagesAnswer(Buffer.from('[{"url":"a"}]'), {
      count: 1,
      created: 7.9,
      more,
    })
    expect(JSON.parse(Buffer.from(body).toString('utf8', usageAt?.start, usageAt?.end))).toEqual(usageJson)
    expect(JSON.parse(body.toString())).toEqual({ created: 7, ...more, usage, data: [{ url: 'a' }] })
  })

  test('counts what it holds', () => {
    const { body, usage: counted } = imagesAnswer([{ b64_json: png }, { url: 'https://cdn.example/a' }], 1)
    expect(counted).toEqual({ images: 2 })
    expect(JSON.parse(body.toString()).usage.images).toBe(2)
  })

  test('does not believe counts that are none', () => {
    const tokens = { images: 1, input_tokens: -1, output_tokens: 1.5 }
    expect(usageOf(tokens, true)).toEqual({ images: 1, inputTokens: undefined, outputTokens: undefined })
  })
})
