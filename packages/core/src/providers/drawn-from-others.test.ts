import { readImageEdits, readImageEditsForm, writeImageEdits } from '../operations/image-edits/image-edits-call.ts'
import type { ImageEditsCall } from '../operations/image-edits/image-edits-call.ts'
import { readImagesCall } from '../operations/images/images-call.ts'
import { join } from '../bytes/splice.ts'
import type { UpstreamRequest } from '../transport.ts'
import { mintRequestId } from '../uuid.ts'
import { FormBody } from '../wire/form/form-body.ts'
import type { FormEvent } from '../wire/form/form-event.ts'
import { BadReplyError } from './bad-reply.ts'
import { bfl } from './bfl/bfl.ts'
import { gemini } from './gemini/gemini.ts'
import type { Answer, Reply, Step } from './provider.ts'
import { vertex } from './vertex/vertex.ts'

// Pictures by upstreams that take them within JSON: Gemini, at Google and at Vertex, and Black Forest Labs.

const facts = () => ({ id: mintRequestId(0), receivedAt: 0 })
const image = 'gemini-2.5-flash-image'
const target = (upstreamModel: string) => ({ model: 'a', upstreamModel })

/** Bytes of which three make no whole groups of base64. */
const pictures = ['a picture of a cat', 'and one of a hat!', 'x'].map((text) => Buffer.from(text))
const [cat = Buffer.of(), hat = Buffer.of()] = pictures
const base64 = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('base64')

/** A form whose files come in pieces of so many bytes. */
function formOf(files: readonly (readonly [string, Buffer])[], fields: object, piece = 4): ImageEditsCall {
  const events: FormEvent[] = Object.entries(fields).map(([name, value]) => ({
    kind: 'field',
    name,
    value: String(value),
  }))
  for (const [name, bytes] of files) {
    events.push({ kind: 'file', head: { name, filename: 'a.jpg', contentType: 'image/jpeg' } })
    for (let at = 0; at < bytes.length; at += piece)
      events.push({ kind: 'bytes', bytes: bytes.subarray(at, at + piece) })
  }
  return readImageEditsForm(FormBody.of(events), facts())
}

interface Seen {
  readonly path: string
  readonly body: unknown
}

async function seenIn({ path, body, streamed }: UpstreamRequest): Promise<Seen> {
  const pieces: Uint8Array[] = [...(body ?? [])]
  if (streamed !== undefined) for await (const piece of streamed.open()) pieces.push(piece)
  const text = join(pieces).toString()
  return { path, body: text === '' ? undefined : JSON.parse(text) }
}

/** Plays an operation against these replies. */
async function play(steps: Generator<Step, Answer, Reply> | undefined, replies: readonly unknown[]) {
  if (steps === undefined) throw new Error('it is not offered')
  const seen: Seen[] = []
  const left = [...replies]
  let step = steps.next({ status: 200, headers: {}, body: Buffer.of() })
  while (step.done !== true) {
    if ('send' in step.value) seen.push(await seenIn(step.value.send))
    const said = 'send' in step.value ? left.shift() : {}
    const body = Buffer.isBuffer(said) ? said : Buffer.from(JSON.stringify(said ?? {}))
    step = steps.next({ status: 200, headers: {}, body })
  }
  return { seen, answer: JSON.parse(Buffer.from(step.value.body).toString()) as object }
}

const drawn = {
  candidates: [
    {
      content: { parts: [{ text: 'Here.' }, { inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } }] },
      finishReason: 'STOP',
    },
  ],
  usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 1290, totalTokenCount: 1300 },
}

const inline = (bytes: Buffer) => ({ inlineData: { mimeType: 'image/jpeg', data: base64(bytes) } })

const asked = (parts: readonly object[], config: object = {}) => ({
  contents: [{ role: 'user', parts }],
  generationConfig: { responseModalities: ['TEXT', 'IMAGE'], ...config },
})

describe('Gemini', () => {
  test.each([
    [gemini, `/models/${image}:generateContent`],
    [vertex, `/publishers/google/models/${image}:generateContent`],
  ])('draws from the files of a form, which go on as they come', async (provider, path) => {
    const call = formOf(
      [
        ['image[]', cat],
        ['image[]', hat],
      ],
      { model: 'a', prompt: 'A "hat"', size: '1536x1024' },
    )
    const { seen, answer } = await play(provider.image_edits?.answer(call, target(image)), [drawn])
    const config = { imageConfig: { aspectRatio: '3:2' } }
    expect(seen).toEqual([{ path, body: asked([{ text: 'A "hat"' }, inline(cat), inline(hat)], config) }])
    expect(answer).toMatchObject({
      data: [{ b64_json: 'iVBORw0KGgo=' }],
      usage: { input_tokens: 10, output_tokens: 1290, images: 1 },
    })
  })

  test('draws from words, as often as it is asked', async () => {
    const call = readImagesCall(Buffer.from('{"model":"a","prompt":"A cat","n":2,"response_format":"url"}'), facts())
    const { seen, answer } = await play(gemini.images?.answer(call, target(image)), [drawn, drawn])
    expect(seen.map(({ body }) => body)).toEqual(Array(2).fill(asked([{ text: 'A cat' }])))
    const url = 'data:image/png;base64,iVBORw0KGgo='
    expect(answer).toMatchObject({
      data: [{ url }, { url }],
      usage: { input_tokens: 20, output_tokens: 2580, images: 2 },
    })
  })

  test('whose answer is words alone has failed', async () => {
    const call = readImagesCall(Buffer.from('{"model":"a","prompt":"A cat"}'), facts())
    const words = { candidates: [{ content: { parts: [{ text: 'I cannot.' }] }, finishReason: 'STOP' }] }
    await expect(play(gemini.images?.answer(call, target(image)), [words])).rejects.toThrow(BadReplyError)
  })

  test.each([
    [
      'a mask',
      () =>
        formOf(
          [
            ['image', cat],
            ['mask', hat],
          ],
          { model: 'a', prompt: 'x' },
        ),
      'mask',
    ],
    ['an address', () => addressed('https://a.example/cat.png'), 'images'],
  ])('refuses %s by name, so that another may be asked', async (_, call, param) => {
    await expect(play(gemini.image_edits?.answer(call(), target(image)), [])).rejects.toMatchObject({
      code: 'unsupported_parameter',
      param,
    })
  })

  test('names what it does not take', () => {
    const call = formOf([['image', cat]], { model: 'a', prompt: 'x', n: 2, quality: 'high', background: 'auto' })
    expect(gemini.image_edits?.unsupported?.(call, target(image))).toEqual(['n', 'quality'])
  })
})

const addressed = (url: string, more: object = {}): ImageEditsCall =>
  readImageEdits(
    Buffer.from(JSON.stringify({ model: 'a', prompt: 'x', images: [{ image_url: url }], ...more })),
    facts(),
  )

describe('Black Forest Labs', () => {
  const replies = [{ id: '1' }, { status: 'Ready', result: { sample: 'https://x.example/1' } }, Buffer.from('PNG')]

  test.each([
    ['flux-kontext-pro', { input_image: base64(cat), input_image_2: base64(hat) }],
    ['flux-2-pro', { input_image: base64(cat), input_image_2: base64(hat) }],
  ])('%s draws from the files of a form, which go on as they come', async (model, named) => {
    const call = formOf(
      [
        ['image[]', cat],
        ['image[]', hat],
      ],
      { model: 'a', prompt: 'A "hat"', seed: 3 },
    )
    const { seen, answer } = await play(bfl.image_edits?.answer(call, target(model)), replies)
    expect(seen[0]).toMatchObject({ path: `/${model}`, body: { prompt: 'A "hat"', ...named } })
    expect(answer).toMatchObject({ data: [{ b64_json: base64(Buffer.from('PNG')) }], usage: { images: 1 } })
  })

  test('a form that is sent anew says the same', async () => {
    const call = formOf([['image', cat]], { model: 'a', prompt: 'x' })
    const step = bfl.image_edits?.answer(call, target('flux-kontext-pro')).next().value
    if (step === undefined || !('send' in step)) throw new Error('nothing was sent')
    expect(await seenIn(step.send)).toEqual(await seenIn(step.send))
  })

  test('fill takes a mask, the others none', async () => {
    const call = () =>
      formOf(
        [
          ['image', cat],
          ['mask', hat],
        ],
        { model: 'a', prompt: 'x' },
      )
    const { seen } = await play(bfl.image_edits?.answer(call(), target('flux-pro-1.0-fill')), replies)
    expect(seen[0]?.body).toMatchObject({ image: base64(cat), mask: base64(hat) })
    await expect(play(bfl.image_edits?.answer(call(), target('flux-kontext-pro')), [])).rejects.toMatchObject({
      param: 'mask',
    })
  })

  test('addresses and bytes are taken alike', async () => {
    const url = 'https://a.example/cat.png'
    const { seen } = await play(bfl.image_edits?.answer(addressed(url), target('flux-kontext-max')), replies)
    expect(seen[0]?.body).toEqual({ prompt: 'x', input_image: url })
    const code = writeImageEdits({ model: 'a', prompt: 'x', images: [cat] }, facts())
    const byCode = await play(bfl.image_edits?.answer(code, target('flux-kontext-max')), replies)
    expect(byCode.seen[0]?.body).toEqual({ prompt: 'x', input_image: base64(cat) })
  })

  test.each([
    ['a model that draws from words alone', 'flux-pro-1.1', [['image', cat]] as const],
    [
      'more pictures than it takes',
      'flux-pro-1.0-fill',
      [
        ['image', cat],
        ['image', hat],
      ] as const,
    ],
  ])('%s is refused by name', async (_, model, files) => {
    const call = formOf(files, { model: 'a', prompt: 'x' })
    await expect(play(bfl.image_edits?.answer(call, target(model)), [])).rejects.toMatchObject({
      code: 'unsupported_parameter',
      param: 'images',
    })
  })
})
