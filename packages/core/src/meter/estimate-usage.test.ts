import { mintRequestId } from '../uuid.ts'
import { readChatCall, writeChatCall } from '../operations/chat/chat-call.ts'
import type { ChatMessage } from '../operations/chat/chat.ts'
import { writeEmbeddingsCall } from '../operations/embeddings/embeddings-call.ts'
import { writeImagesCall } from '../operations/images/images-call.ts'
import { tokensInPrompt } from '../operations/token-count.ts'
import { completeUsage, tokensInAnswer, usageJsonOf, usageSoFar } from './estimate-usage.ts'

const facts = { id: mintRequestId(0), receivedAt: 0 }
const chat = (content: ChatMessage['content'] = 'hi') =>
  writeChatCall({ model: 'm', messages: [{ role: 'user', content }] }, facts)
const embeddings = writeEmbeddingsCall({ model: 'm', input: 'word' }, facts)
const images = writeImagesCall({ model: 'm', prompt: 'a cat' }, facts)

const never = (): number => {
  throw new Error('counted')
}

describe('a prompt', () => {
  const long = 'word '.repeat(20_000)

  test.each([
    ['words', 'eight...', 2 + 4],
    ['many words', long, 25_000 + 4],
    ['an image', [{ type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(400_000)}` } }], 1004],
    ['a sound', [{ type: 'input_audio', input_audio: { data: 'A'.repeat(400_000), format: 'mp3' } }], 1004],
    ['a file', [{ type: 'file', file: { file_data: `data:x;base64,${'A'.repeat(400_000)}` } }], 1004],
    ['words that pass for a file', `data:${long}`, 25_002 + 4],
  ] as const)('of %s has about as many tokens as a model makes of it', (_, content, tokens) => {
    const written = chat(content as ChatMessage['content'])
    // Made by code, or read from the wire, where long texts are left unparsed.
    for (const call of [written, readChatCall(written.body, facts)]) {
      expect(tokensInPrompt(call)).toBeGreaterThanOrEqual(tokens)
      expect(tokensInPrompt(call)).toBeLessThan(tokens + 12)
    }
  })

  test('of several messages has a frame around each', () => {
    const messages = Array.from({ length: 10 }, () => ({ role: 'user' as const, content: 'word' }))
    expect(tokensInPrompt(writeChatCall({ model: 'm', messages }, facts))).toBe(10 + 40)
  })

  test('has its tools in it', () => {
    const tools = [{ type: 'function' as const, function: { name: 'f', description: 'x'.repeat(400) } }]
    const messages = [{ role: 'user' as const, content: 'hi' }]
    expect(tokensInPrompt(writeChatCall({ model: 'm', messages, tools }, facts))).toBeGreaterThan(100)
  })
})

test('a prompt that was let go of has the tokens that it had', () => {
  expect(tokensInPrompt({ ...chat('x'.repeat(400)), promptTokens: 7 })).toBe(7)
})

test('the prompt of an image is counted as one', () => {
  expect(tokensInPrompt(writeImagesCall({ model: 'm', prompt: 'x'.repeat(400) }, facts))).toBe(100)
})

test('an answer has the tokens of all its choices', () => {
  const choices = [{ message: { content: 'x'.repeat(40) } }, { message: { reasoning_content: 'y'.repeat(40) } }]
  expect(tokensInAnswer(Buffer.from(JSON.stringify({ choices })))).toBe(20)
  expect(tokensInAnswer(Buffer.from(JSON.stringify({ choices: [null, 'x'.repeat(40), ...choices] })))).toBe(20)
  expect(tokensInAnswer(Buffer.from('{"choices":{}}'))).toBe(0)
  expect(tokensInAnswer(Buffer.from('[]'))).toBe(0)
})

describe('what is counted by us', () => {
  test.each([
    ['nothing, where all is told', { inputTokens: 9, outputTokens: 8 }, { inputTokens: 9, outputTokens: 8 }],
    ['the prompt', { outputTokens: 8 }, { inputTokens: 5, outputTokens: 8, estimated: true }],
    ['the answer', { inputTokens: 9 }, { inputTokens: 9, outputTokens: 3, estimated: true }],
    ['both', {}, { inputTokens: 5, outputTokens: 3, estimated: true }],
    ['a prompt of 0', { inputTokens: 0, outputTokens: 8 }, { inputTokens: 5, outputTokens: 8, estimated: true }],
    ['an answer of 0', { inputTokens: 9, outputTokens: 0 }, { inputTokens: 9, outputTokens: 3, estimated: true }],
    ['0 and 0', { inputTokens: 0, outputTokens: 0 }, { inputTokens: 5, outputTokens: 3, estimated: true }],
  ])('of a chat is %s', (_, told, known) => {
    expect(completeUsage(told, chat(), () => 3)).toEqual(known)
  })

  test.each([
    [
      { inputTokens: 0, outputTokens: 0 },
      { inputTokens: 0, outputTokens: 0 },
    ],
    [
      { inputTokens: 9, outputTokens: 0 },
      { inputTokens: 9, outputTokens: 0 },
    ],
    [{ inputTokens: 9 }, { inputTokens: 9, outputTokens: 0, estimated: true }],
    [{ outputTokens: 0 }, { inputTokens: 5, outputTokens: 0, estimated: true }],
  ])('of an answer without a word is what was not told at all: %j', (told, known) => {
    expect(completeUsage(told, chat(), () => 0)).toEqual(known)
  })

  test('of the answer is not asked for where it was told', () => {
    expect(completeUsage({ inputTokens: 1, outputTokens: 1 }, chat(), never)).toMatchObject({ outputTokens: 1 })
    expect(completeUsage({ outputTokens: 1 }, chat(), never)).toMatchObject({ outputTokens: 1 })
  })

  test('of embeddings is the prompt', () => {
    expect(completeUsage({}, embeddings, never)).toEqual({ inputTokens: 1, estimated: true })
    expect(completeUsage({ inputTokens: 0, outputTokens: 0 }, embeddings, never)).toMatchObject({
      inputTokens: 1,
      estimated: true,
    })
    expect(completeUsage({ inputTokens: 4, outputTokens: 0 }, embeddings, never)).toEqual({
      inputTokens: 4,
      outputTokens: 0,
    })
  })

  test('of images is nothing', () => {
    expect(completeUsage({ images: 1 }, images, () => 3)).toEqual({ images: 1 })
  })
})

describe('a stream that did not come to its end', () => {
  test.each([
    ['counted less than was delivered', { inputTokens: 9, outputTokens: 2 }, { outputTokens: 7, estimated: true }],
    ['counted as much', { inputTokens: 9, outputTokens: 7 }, { inputTokens: 9, outputTokens: 7 }],
    ['counted more', { inputTokens: 9, outputTokens: 8 }, { inputTokens: 9, outputTokens: 8 }],
    ['counted nothing', {}, { inputTokens: 5, outputTokens: 7, estimated: true }],
  ])('%s', (_, told, known) => {
    expect(usageSoFar(told, chat(), 7)).toMatchObject(known)
    if (!('estimated' in known)) expect(usageSoFar(told, chat(), 7).estimated).toBeUndefined()
  })

  test('has the images that were finished', () => {
    expect(usageSoFar({}, images, 7)).toEqual({ images: 0 })
    expect(usageSoFar({ images: 2, outputTokens: 5 }, images, 7)).toEqual({ images: 2, outputTokens: 5 })
  })
})

test('what was told besides stays where some of it is counted by us', () => {
  const told = { cachedInputTokens: 4, inputTokens: 9 }
  expect(completeUsage(told, chat(), () => 3)).toEqual({ ...told, outputTokens: 3, estimated: true })
  expect(usageSoFar({ ...told, outputTokens: 1 }, chat(), 3)).toEqual({ ...told, outputTokens: 3, estimated: true })
})

test.each([
  [chat(), {}, { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }],
  [
    chat(),
    { inputTokens: 9, outputTokens: 8, cachedInputTokens: 4, reasoningTokens: 2, estimated: true },
    {
      prompt_tokens: 9,
      completion_tokens: 8,
      total_tokens: 17,
      prompt_tokens_details: { cached_tokens: 4 },
      completion_tokens_details: { reasoning_tokens: 2 },
      estimated: true,
    },
  ],
  [chat(), { inputTokens: 9, outputTokens: 8 }, { prompt_tokens: 9, completion_tokens: 8, total_tokens: 17 }],
  [embeddings, { inputTokens: 9, outputTokens: 0 }, { prompt_tokens: 9, total_tokens: 9 }],
  [embeddings, { inputTokens: 9, estimated: true }, { prompt_tokens: 9, total_tokens: 9, estimated: true }],
  [
    images,
    { images: 1, inputTokens: 9, outputTokens: 8 },
    {
      images: 1,
      input_tokens: 9,
      output_tokens: 8,
      total_tokens: 17,
      input_tokens_details: { text_tokens: 0, image_tokens: 0 },
    },
  ],
])('usage has the shape of its endpoint: $endpoint, %j', (call, usage, shown) => {
  expect(usageJsonOf(usage, call)).toEqual(shown)
})
