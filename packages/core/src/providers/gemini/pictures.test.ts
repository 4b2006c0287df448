import type { ChatCompletion, ChatDelta } from '../../operations/chat/chat.ts'
import { join, splice } from '../../bytes/splice.ts'
import { Sees } from '../provider.ts'
import { answerTo, callOf, failureOf, firstStep, target, translate } from '../run-provider.contract.ts'
import { gemini } from './gemini.ts'

const png = { inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } }
const far = { fileData: { mimeType: 'image/webp', fileUri: 'https://files.example/1' } }
const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }
const farPicture = { type: 'image_url', image_url: { url: 'https://files.example/1' } }

const response = (...parts: object[]) => ({
  candidates: [{ index: 0, content: { role: 'model', parts }, finishReason: 'STOP' }],
  usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 1290 },
})
const answered = (...parts: object[]) => {
  const { body, edits } = answerTo(gemini, JSON.stringify(response(...parts)))
  return (JSON.parse(join(splice(body, edits)).toString()) as ChatCompletion).choices[0]?.message
}
const streamed = (...parts: object[]) => {
  const { chunks, sees } = translate(gemini, [Buffer.from(`data: ${JSON.stringify(response(...parts))}\n\n`)])
  return { sees, deltas: chunks().map(({ choices }): ChatDelta => choices[0]?.delta ?? {}) }
}
const sent = (request: object) => {
  const body = JSON.stringify({ model: 'a', messages: [{ role: 'user', content: 'Draw' }], ...request })
  return JSON.parse(join(firstStep(gemini, callOf(body), target).body ?? []).toString()) as object
}

test('pictures of an answer come beside its text', () => {
  expect(answered({ text: 'Here: ' }, png, { text: 'and' }, far)).toMatchObject({
    content: 'Here: and',
    images: [picture, farPicture],
  })
})

test('an answer of a picture alone is one', () => {
  expect(answered(png)).toMatchObject({ content: '', images: [picture] })
})

test('a stream tells of each picture where it comes', () => {
  const { sees, deltas } = streamed({ text: 'Here: ' }, png, far)
  expect(deltas.slice(1, 4)).toEqual([{ content: 'Here: ' }, { images: [picture] }, { images: [farPicture] }])
  expect(sees & Sees.Output).toBe(Sees.Output)
})

test('sketches that are thoughts, and what is no picture, are left out', () => {
  const others = [
    { ...png, thought: true },
    { inlineData: { mimeType: 'audio/wav', data: 'AAAA' } },
    { inlineData: {} },
  ]
  expect(answered({ text: 'x' }, ...others)).not.toHaveProperty('images')
})

test('a candidate that was stopped before it showed anything has declined', () => {
  const blocked = { candidates: [{ index: 0, content: { parts: [] }, finishReason: 'IMAGE_SAFETY' }] }
  expect(failureOf(() => answerTo(gemini, JSON.stringify(blocked)))).toMatchObject({ class: 'content_policy' })
})

test("a picture that the caller sends back is the model's", () => {
  const messages = [
    { role: 'user', content: 'Draw' },
    { role: 'assistant', content: 'Here', images: [picture] },
    { role: 'user', content: 'Larger' },
  ]
  expect(sent({ messages })).toMatchObject({ contents: [{}, { role: 'model', parts: [{ text: 'Here' }, png] }, {}] })
})

test.each([
  { modalities: ['image', 'text'], sends: ['IMAGE', 'TEXT'], drops: [] },
  { modalities: ['text', 'audio'], sends: undefined, drops: ['modalities'] },
  { modalities: null, sends: undefined, drops: [] },
])('modalities $modalities', ({ modalities, sends, drops }) => {
  const call = callOf(JSON.stringify({ model: 'a', messages: [{ role: 'user', content: 'x' }], modalities }))
  expect(sent({ modalities })).toMatchObject(
    sends === undefined ? {} : { generationConfig: { responseModalities: sends } },
  )
  expect(gemini.chat?.unsupported?.(call, target)).toEqual(drops)
})
