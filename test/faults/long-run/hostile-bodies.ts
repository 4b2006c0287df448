/** A request made to cost more than it should. */
export interface HostileBody {
  readonly path: string
  readonly body: () => string
}

const MB = 1_000_000

const list = (count: number, item: string | ((index: number) => string)): string =>
  typeof item === 'string'
    ? `[${`${item},`.repeat(count - 1)}${item}]`
    : `[${Array.from({ length: count }, (_, index) => item(index)).join()}]`

const message = '{"role":"user","content":"Hello!"}'
const parted = '{"role":"user","content":[{"type":"text","text":"Hello!"}]}'

const CHAT = '/v1/chat/completions'
const RESPONSES = '/v1/responses'

const chat = (model: string, fields: () => string): HostileBody => ({
  path: CHAT,
  body: () => `{"model":"${model}",${fields()}}`,
})
const at = (path: string, model: string, fields: () => string): HostileBody => ({ ...chat(model, fields), path })
const more = (fields: () => string): HostileBody => chat('sink/m', () => `"messages":[${message}],${fields()}`)

/** Tokens of `cl100k_base`, as many as fill so many bytes. */
const tokens = (bytes: number): string => list(bytes / 7, (index) => String(10_000 + (index % 80_000)).padStart(6, ' '))

const image = (bytes: number): string => `data:image/png;base64,${'A'.repeat(bytes)}`

/** By name. The model says who is asked: `sink/` takes all there is, `claude/`, `gemini/` and `mistral/` too, in their own shape. */
export const hostileBodies: Readonly<Record<string, HostileBody>> = {
  'tokens-2-mb': at('/v1/embeddings', 'sink/m', () => `"input":${tokens(2 * MB)}`),
  'tokens-20-mb': at('/v1/embeddings', 'sink/m', () => `"input":${tokens(20 * MB)}`),
  'tokens-of-spaces': at('/v1/completions', 'sink/m', () => `"prompt":${list(2 * MB, '4194')}`),
  'tokens-2-mb-without-right': at('/v1/completions', 'nobody/m', () => `"prompt":${tokens(2 * MB)}`),
  'tokens-20-mb-without-right': at('/v1/completions', 'nobody/m', () => `"prompt":${tokens(20 * MB)}`),
  'messages-8e5-claude': chat('claude/m', () => `"messages":${list(8e5, message)}`),
  'messages-8e5-gemini': chat('gemini/m', () => `"messages":${list(8e5, message)}`),
  'messages-1e4-claude': chat('claude/m', () => `"messages":${list(1e4, parted)}`),
  'messages-1e4-gemini': chat('gemini/m', () => `"messages":${list(1e4, parted)}`),
  'parts-48000-claude': chat(
    'claude/m',
    () => `"messages":[{"role":"user","content":${list(48_000, '{"type":"text","text":"Hello!"}')}}]`,
  ),
  'parts-48000-gemini': chat(
    'gemini/m',
    () => `"messages":[{"role":"user","content":${list(48_000, '{"type":"text","text":"Hello!"}')}}]`,
  ),
  'tools-16000-claude': chat(
    'claude/m',
    () =>
      `"messages":[${message}],"tools":${list(16_000, (index) => `{"type":"function","function":{"name":"t${index}","parameters":{}}}`)}`,
  ),
  'items-5e5': at(RESPONSES, 'sink/m', () => `"input":${list(5e5, message)}`),
  'items-1e4': at(RESPONSES, 'sink/m', () => `"input":${list(1e4, parted)}`),
  'arrays-5e6': more(() => `"x":${list(5e6, '[]')}`),
  'arrays-5e6-alone': { path: CHAT, body: () => list(5e6, '[]') },
  'arrays-31000': more(() => `"x":${list(31_000, '[]')}`),
  'keys-140000': more(() => `"logit_bias":{${list(140_000, (index) => `"${index}":1`).slice(1, -1)}}`),
  'stops-140000': chat('claude/m', () => `"messages":[${message}],"stop":${list(140_000, (index) => `"${index}"`)}`),
  'objects-of-one-key': more(() => `"x":${list(31_000, (index) => `{"k${index}":1}`)}`),
  'numbers-1e6': more(() => `"x":${list(1e6, '1234')}`),
  'number-of-30-mb': more(() => `"x":${'1'.repeat(30 * MB)}`),
  'number-of-8-mb': more(() => `"x":${'1'.repeat(8 * MB)}`),
  'spaces-30-mb': more(() => `"x":1${' '.repeat(30 * MB)}`),
  'spaces-8-mb': more(() => `"x":1${' '.repeat(8 * MB)}`),
  'quotes-30-mb': more(() => `"x":"${'\\"'.repeat(15 * MB)}"`),
  'escapes-30-mb': more(() => `"x":${list(7500, `"${'\\u0041'.repeat(660)}"`)}`),
  'strings-30-mb': more(() => `"x":${list(7500, `"${'x'.repeat(4000)}"`)}`),
  'strings-30-mb-two-bytes': more(() => `"x":${list(7500, `"${'x'.repeat(3990)}€"`)}`),
  'texts-1e6-to-embed': at('/v1/embeddings', 'sink/m', () => `"input":${list(1e6, '"Hello!"')}`),
  'model-of-20-mb': chat('m'.repeat(20 * MB), () => `"messages":[${message}]`),
  'text-20-mb-to-embed-in-the-sandbox': at(
    '/v1/embeddings',
    'speka/sandbox',
    () => `"input":"${'word '.repeat(4 * MB)}"`,
  ),
  'vectors-of-4096': at('/v1/embeddings', 'speka/sandbox', () => `"dimensions":4096,"input":${list(2048, '"a"')}`),
  'images-of-2048': at(
    '/v1/images/generations',
    'speka/sandbox',
    () => '"prompt":"a","size":"2048x2048","n":10,"stream":true,"partial_images":3',
  ),
  'image-20-mb-claude': chat(
    'claude/m',
    () => `"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"${image(20 * MB)}"}}]}]`,
  ),
  'image-20-mb-gemini': chat(
    'gemini/m',
    () => `"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"${image(20 * MB)}"}}]}]`,
  ),
  'image-20-mb-mistral': chat(
    'mistral/m',
    () =>
      `"messages":[{"role":"user","name":"me","content":[{"type":"image_url","image_url":{"url":"${image(20 * MB)}"}}]}]`,
  ),
  'image-20-mb-responses': at(
    RESPONSES,
    'sink/m',
    () => `"input":[{"role":"user","content":[{"type":"input_image","image_url":"${image(20 * MB)}"}]}]`,
  ),
}
