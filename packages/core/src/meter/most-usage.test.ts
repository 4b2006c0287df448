import { mintRequestId } from '../uuid.ts'
import { writeChatCall } from '../operations/chat/chat-call.ts'
import type { ChatRequest } from '../operations/chat/chat.ts'
import { writeEmbeddingsCall } from '../operations/embeddings/embeddings-call.ts'
import { writeImagesCall } from '../operations/images/images-call.ts'
import { operations } from '../operations/operations.ts'
import { writeRerankCall } from '../operations/rerank/rerank-call.ts'
import { boundOfPrompt, mostImages, mostInputTokens, mostOfEach } from './most-usage.ts'

const facts = { id: mintRequestId(0), receivedAt: 0 }
const chat = (more: object = {}) =>
  writeChatCall({ model: 'm', messages: [{ role: 'user', content: 'hi' }], ...more } as ChatRequest, facts)
const saying = (...parts: unknown[]) => chat({ messages: [{ role: 'user', content: parts }] })

/** What the prompt may have besides a token for each of its bytes. */
const besides = (call: ReturnType<typeof chat>): number => boundOfPrompt(call) - call.body.length

const image = { type: 'image_url', image_url: { url: 'https://x/y.png' } }
const words = { type: 'text', text: 'hi' }

test.each([
  ['words', chat(), 8192],
  ['words in parts', saying(words, { type: 'refusal', refusal: 'no' }), 8192],
  ['an image', saying(words, image), 58_192],
  ['two images', saying(image, image), 108_192],
  ['a file', saying(words, { type: 'file', file: {} }), Infinity],
  ['a sound', saying({ type: 'input_audio', input_audio: {} }), Infinity],
  ['a tool of the caller’s', chat({ tools: [{ type: 'function', function: { name: 'f' } }] }), 8192],
  ['a tool of the upstream’s', chat({ tools: [{ type: 'web_search' }] }), Infinity],
  ['one of each', chat({ tools: [{ type: 'function', function: { name: 'f' } }, { type: 'x' }] }), Infinity],
  ['a wish that is none', chat({ plugins: null, tools: null }), 8192],
  ...['web_search_options', 'search_parameters', 'plugins', 'extra_body', 'cached_content'].map(
    (field) => [field, chat({ [field]: {} }), Infinity] as const,
  ),
] as const)('a prompt with %s may have as much besides its bytes as the upstream makes of it', (_, call, tokens) => {
  expect(besides(call)).toBe(tokens)
})

test('what has no bound of its own is bound by the window', () => {
  const file = saying({ type: 'file', file: {} })
  expect(mostInputTokens(file, 5000)).toBe(5000)
  expect(mostInputTokens(file, undefined)).toBe(2_000_000)
  expect(mostInputTokens(chat(), 5000)).toBe(boundOfPrompt(chat()))
  expect(mostInputTokens({ ...chat(), mostPromptTokens: 7 }, 5000)).toBe(7)
  expect(mostInputTokens({ ...chat(), mostPromptTokens: Infinity }, 5000)).toBe(5000)
})

test('texts of embeddings have marks around each', () => {
  for (const [input, texts] of [
    ['hi', 1],
    [['hi', 'ho', 'hum'], 3],
  ] as const) {
    const call = writeEmbeddingsCall({ model: 'm', input: input as string }, facts)
    expect(boundOfPrompt(call) - call.body.length).toBe(128 * texts)
    expect(operations[call.endpoint].mostOutputTokens(call, 5000, 0)).toBe(0)
    expect(mostImages(call)).toBe(0)
  }
})

test('images are as many as were asked for', () => {
  for (const [n, made] of [
    [undefined, 1],
    [4, 4],
  ] as const) {
    const call = writeImagesCall({ model: 'm', prompt: 'a cat', ...(n !== undefined && { n }) }, facts)
    expect(boundOfPrompt(call) - call.body.length).toBe(8192)
    expect(mostImages(call)).toBe(made)
    expect(operations[call.endpoint].mostOutputTokens(call, 5000, 0)).toBe(32_768 * made)
  }
})

test.each([
  ['as long as the model holds', {}, 5000, 0, 5000],
  ['so in each choice', { n: 3 }, 5000, 0, 15_000],
  ['as long as allowed', { max_tokens: 50 }, 5000, 0, 50],
  ['by the newer word', { max_tokens: 70, max_completion_tokens: 50 }, 5000, 0, 50],
  ['so in each of several', { max_tokens: 50, n: 3 }, 5000, 0, 150],
  ['with its reasoning', { max_tokens: 50 }, 5000, 400, 450],
  ['with no more reasoning than it holds', { max_tokens: 50 }, 5000, 9000, 5000],
  ['of any length, where nobody said', {}, undefined, 0, 262_144],
  ['no longer for being allowed more', { max_tokens: 9000 }, 5000, 0, 5000],
])('an answer may be %s', (_, more, contextWindow, reasoning, tokens) => {
  expect(operations.chat.mostOutputTokens(chat(more), contextWindow, reasoning ?? 0)).toBe(tokens)
})

test('an answer may be as long as allowed, where nothing is said of reasoning', () => {
  expect(operations.chat.mostOutputTokens(chat({ max_tokens: 50 }), 5000, 0)).toBe(50)
})

/** The most that a call can have used of each unit that is no token. */
const most = (call: Parameters<typeof mostImages>[0]) =>
  Object.fromEntries(Object.entries(mostOfEach).map(([count, of]) => [count, of(call)]))

test('what is no token has a bound of its own', () => {
  const call = chat()
  const each = { images: 0, searches: 1000, seconds: 86_400, characters: call.body.length, billedRequests: 1 }
  expect(most(call)).toEqual(each)
  const images = writeImagesCall({ model: 'm', prompt: 'a cat', n: 4 }, facts)
  expect(most(images)).toEqual({ ...each, images: 4, characters: images.body.length })
  // A hundred documents to a search.
  const documents = Array.from({ length: 101 }, () => 'x')
  const rerank = writeRerankCall({ model: 'm', query: 'q', documents }, facts)
  expect(most(rerank)).toEqual({ ...each, searches: 2, characters: rerank.body.length })
})
