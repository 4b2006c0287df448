import { mintRequestId } from '../uuid.ts'
import { writeChatCall } from '../wire/chat-call.ts'
import type { ChatRequest } from '../wire/chat.ts'
import { writeEmbeddingsCall } from '../wire/embeddings-call.ts'
import { writeImagesCall } from '../wire/images-call.ts'
import { boundOfPrompt, mostImages, mostInputTokens, mostOutputTokens } from './most-usage.ts'

const facts = { id: mintRequestId(0), receivedAt: 0 }
const chat = (more: object = {}) =>
  writeChatCall({ model: 'm', messages: [{ role: 'user', content: 'hi' }], ...more } as ChatRequest, facts)
const holding = (...content: unknown[]) => chat({ messages: [{ role: 'user', content }] })
const embeddings = (input: string | string[]) => writeEmbeddingsCall({ model: 'm', input }, facts)
const images = (n?: number) => writeImagesCall({ model: 'm', prompt: 'a cat', ...(n !== undefined && { n }) }, facts)

/** What is allowed for beyond a token a byte. */
const beyondBytes = (call: Parameters<typeof boundOfPrompt>[0]): number => boundOfPrompt(call) - call.body.length

const image = { type: 'image_url', image_url: { url: 'u' } }
const text = { type: 'text', text: 'hi' }

test.each([
  ['text is its bytes', chat(), 8192],
  ['parts of text are theirs', holding(text, { type: 'refusal', refusal: 'no' }), 8192],
  ['a part that is only text is', holding('hi'), 8192],
  ['an image comes on top', holding(text, image), 8192 + 50_000],
  ['and each more of them', holding(image, image), 8192 + 100_000],
  ['a function is words', chat({ tools: [{ type: 'function', function: { name: 'f' } }] }), 8192],
  ['no tools at all are none', chat({ tools: null }), 8192],
  ['what was left out is not looked up', chat({ web_search_options: null }), 8192],
  ['one text to embed', embeddings('hi'), 128],
  ['several', embeddings(['a', 'b', 'c']), 384],
  ['words for an image', images(), 8192],
])('%s', (_, call, beyond) => {
  expect(beyondBytes(call)).toBe(beyond)
})

test.each([
  ['a file', holding(text, { type: 'file', file: { file_id: 'f' } })],
  ['a sound', holding({ type: 'input_audio', input_audio: {} })],
  ['a part of no kind', holding({})],
  [
    'a tool of the upstream’s own',
    chat({ tools: [{ type: 'function', function: { name: 'f' } }, { type: 'web_search' }] }),
  ],
  ...['web_search_options', 'search_parameters', 'plugins', 'extra_body', 'cached_content'].map(
    (field) => [field, chat({ [field]: {} })] as const,
  ),
])('has no bound but the window with %s', (_, call) => {
  expect(boundOfPrompt(call)).toBe(Infinity)
  expect(mostInputTokens(call, 1000)).toBe(1000)
  expect(mostInputTokens(call, undefined)).toBe(2_000_000)
})

test('a prompt that has a bound is not held to the window, and one that was let go of keeps it', () => {
  expect(mostInputTokens(chat(), 10)).toBe(chat().body.length + 8192)
  expect(mostInputTokens({ ...chat(), mostPromptTokens: 77 }, 10)).toBe(77)
})

test.each([
  ['what the caller allows', { max_tokens: 50 }, 50],
  ['the newer limit', { max_tokens: 50, max_completion_tokens: 40 }, 40],
  ['what the model holds', {}, 1000],
  ['what the model holds, though more is allowed', { max_tokens: 5000 }, 1000],
  ['all choices together', { max_tokens: 50, n: 3 }, 150],
  ['what the model holds, for each choice', { n: 3 }, 3000],
])('an answer has at most %s', (_, more, most) => {
  expect(mostOutputTokens(chat(more), 1000)).toBe(most)
})

test('reasoning comes on top of what the caller allows, not of what the model holds', () => {
  expect(mostOutputTokens(chat({ max_tokens: 50, n: 2 }), 1000, 7)).toBe(107)
  expect(mostOutputTokens(chat({ max_tokens: 999 }), 1000, 7)).toBe(1000)
  expect(mostOutputTokens(chat(), undefined)).toBe(262_144)
})

test('vectors are no tokens, and images have so many each', () => {
  expect(mostOutputTokens(embeddings('hi'), 1000)).toBe(0)
  expect(mostOutputTokens(images(2), 1000)).toBe(65_536)
  expect([mostImages(images()), mostImages(images(3)), mostImages(chat())]).toEqual([1, 3, 0])
})
