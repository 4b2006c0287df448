import fc from 'fast-check'
import type { Price } from '../catalog/model.ts'
import { parsePricePerMillion, parseUsd, picoUsd } from '../money.ts'
import { costOf } from '../pricing/cost-of.ts'
import { mintRequestId } from '../uuid.ts'
import { writeChatCall } from '../operations/chat/chat-call.ts'
import type { ChatRequest } from '../operations/chat/chat.ts'
import { writeEmbeddingsCall } from '../operations/embeddings/embeddings-call.ts'
import { writeImagesCall } from '../operations/images/images-call.ts'
import {
  believableUsage,
  believableUsageSoFar,
  hasRareCounts,
  withBelievableCharge,
  withinMost,
} from './believable-usage.ts'

const facts = { id: mintRequestId(0), receivedAt: 0 }
const messages = [{ role: 'user' as const, content: 'hi' }]
const chat = (more: Partial<ChatRequest> = {}) => writeChatCall({ model: 'm', messages, ...more }, facts)
const embeddings = (texts: number) => writeEmbeddingsCall({ model: 'm', input: Array(texts).fill('hi') }, facts)
const images = (n?: number) => writeImagesCall({ model: 'm', prompt: 'a cat', ...(n !== undefined && { n }) }, facts)
const holding = (part: object) => chat({ messages: [{ role: 'user', content: [part] }] as ChatRequest['messages'] })

/** More than any of these calls can have used. */
const HUGE = 100_000_000

describe('what can be is believed', () => {
  test.each([
    ['as much as was allowed', chat({ max_tokens: 50 }), { inputTokens: 9, outputTokens: 50 }],
    ['by the newer limit', chat({ max_tokens: 5, max_completion_tokens: 50 }), { inputTokens: 9, outputTokens: 50 }],
    ['as much in each choice', chat({ max_tokens: 50, n: 3 }), { inputTokens: 9, outputTokens: 150 }],
    ['as much as the model holds', chat(), { inputTokens: 9, outputTokens: 1000 }],
    ['a system prompt of the upstream', chat(), { inputTokens: 5000, outputTokens: 9 }],
    [
      'reasoning that does not count against the limit',
      chat({ max_tokens: 50 }),
      { inputTokens: 9, outputTokens: 450, reasoningTokens: 400 },
    ],
    [
      'an image by its address',
      holding({ type: 'image_url', image_url: { url: 'https://x/y.png' } }),
      { inputTokens: 48_000, outputTokens: 9 },
    ],
    ['a file, in a window', holding({ type: 'file', file: { file_id: 'f' } }), { inputTokens: 1000, outputTokens: 9 }],
    ['what was looked up', chat({ web_search_options: {} }), { inputTokens: 1000, outputTokens: 9 }],
    [
      'what a tool of the upstream has read',
      chat({ tools: [{ type: 'web_search' }] }),
      { inputTokens: 1000, outputTokens: 9 },
    ],
    ['a mark around each text', embeddings(10), { inputTokens: 1000, outputTokens: 0 }],
    ['all images', images(4), { images: 4 }],
    ['the tokens of an image', images(), { images: 1, inputTokens: 60, outputTokens: 6208 }],
    ['what nobody told', chat(), {}],
  ])('%s', (_, call, usage) => {
    expect(withinMost(usage, call, 1000)).toBe(usage)
  })
})

describe('what cannot be is held to the most that can', () => {
  const bytes = chat().body.length

  test.each([
    ['more than was allowed', chat({ max_tokens: 50 }), { outputTokens: HUGE }, { outputTokens: 50 }],
    [
      'by the newer limit',
      chat({ max_tokens: 500, max_completion_tokens: 50 }),
      { outputTokens: 51 },
      { outputTokens: 50 },
    ],
    ['more than each choice was allowed', chat({ max_tokens: 50, n: 3 }), { outputTokens: 151 }, { outputTokens: 150 }],
    ['more than the model holds', chat(), { outputTokens: HUGE }, { outputTokens: 1000 }],
    ['more than it holds, though allowed', chat({ max_tokens: HUGE }), { outputTokens: HUGE }, { outputTokens: 1000 }],
    [
      'more reasoning than it holds',
      chat({ max_tokens: 50 }),
      { outputTokens: HUGE, reasoningTokens: HUGE - 5 },
      { outputTokens: 1000 },
    ],
    [
      'more than was allowed, with more reasoning than that',
      chat({ max_tokens: 50 }),
      { outputTokens: 60, reasoningTokens: 61 },
      { outputTokens: 50, reasoningTokens: undefined },
    ],
    ['a prompt beyond its bytes', chat(), { inputTokens: HUGE }, { inputTokens: bytes + 8192 }],
    [
      'an image beyond what the dearest model makes of it',
      holding({ type: 'image_url', image_url: { url: 'u' } }),
      { inputTokens: HUGE },
      { inputTokens: expect.closeTo(58_300, -3) },
    ],
    [
      'a file beyond the window',
      holding({ type: 'file', file: { file_id: 'f' } }),
      { inputTokens: HUGE },
      { inputTokens: 1000 },
    ],
    [
      'texts beyond their bytes',
      embeddings(2),
      { inputTokens: HUGE },
      { inputTokens: embeddings(2).body.length + 256 },
    ],
    [
      'an answer to embeddings',
      embeddings(2),
      { inputTokens: 1, outputTokens: 5 },
      { inputTokens: 1, outputTokens: 0 },
    ],
    ['more images than were asked for', images(), { images: 500 }, { images: 1 }],
    ['more images than the several asked for', images(3), { images: 4 }, { images: 3 }],
    ['tokens of images', images(2), { images: 2, outputTokens: HUGE }, { images: 2, outputTokens: 65_536 }],
    ['images in a chat', chat(), { images: 1 }, { images: 0 }],
  ])('%s', (_, call, usage, held) => {
    expect(withinMost(usage, call, 1000)).toMatchObject({ ...held, capped: true })
  })

  test('even where nobody knows how much the model holds', () => {
    const usage = { inputTokens: 9, outputTokens: HUGE, reasoningTokens: HUGE }
    expect(withinMost(usage, chat(), undefined)).toMatchObject({ outputTokens: 262_144, reasoningTokens: 262_144 })
    const file = holding({ type: 'file', file: { file_id: 'f' } })
    expect(withinMost({ inputTokens: HUGE }, file, undefined)).toMatchObject({ inputTokens: 2_000_000, capped: true })
  })

  test('although the prompt was let go of', () => {
    const call = { ...chat(), body: Buffer.alloc(0), mostPromptTokens: 300 }
    expect(withinMost({ inputTokens: 300 }, call, 1000)).toEqual({ inputTokens: 300 })
    expect(withinMost({ inputTokens: 301 }, call, 1000)).toMatchObject({ inputTokens: 300, capped: true })
  })
})

test('a part that is more than its whole is not believed', () => {
  const usage = { inputTokens: 9, cachedInputTokens: 10, outputTokens: 8, reasoningTokens: 9 }
  const parts = { cachedInputTokens: undefined, reasoningTokens: undefined }
  expect(withinMost(usage, chat(), 1000)).toEqual({ ...usage, ...parts })
  const possible = { inputTokens: 9, cachedInputTokens: 9, outputTokens: 8, reasoningTokens: 8 }
  expect(withinMost(possible, chat(), 1000)).toBe(possible)
})

test('what is counted by us is held to it too', () => {
  const target = { adapter: {}, entry: { contextWindow: 1000 } }
  expect(believableUsage({}, chat({ max_tokens: 5 }), target, () => 40)).toMatchObject({
    inputTokens: 5,
    outputTokens: 5,
    estimated: true,
    capped: true,
  })
  expect(believableUsageSoFar({ inputTokens: 9 }, chat({ max_tokens: 5 }), target, 40)).toMatchObject({
    outputTokens: 5,
    capped: true,
  })
})

test('a gateway may answer with a model that holds more than the one it was asked for', () => {
  const usage = { inputTokens: 9, outputTokens: 5000 }
  const entry = { contextWindow: 1000 }
  expect(believableUsage(usage, chat(), { adapter: { routesItself: true }, entry }, () => 1)).toBe(usage)
  expect(believableUsage(usage, chat(), { adapter: {}, entry }, () => 1)).toMatchObject({ outputTokens: 1000 })
})

test('a gateway’s charge is held to what the dearest model would cost', () => {
  const usage = { inputTokens: 1000, outputTokens: 1000 }
  const dearest = parseUsd('0.75')
  const capped = { usage: { ...usage, capped: true }, charge: dearest }
  expect(withBelievableCharge(usage, undefined)).toEqual({ usage, charge: undefined })
  expect(withBelievableCharge(usage, dearest)).toEqual({ usage, charge: dearest })
  expect(withBelievableCharge(usage, picoUsd(dearest + 1n))).toEqual(capped)
  expect(withBelievableCharge({ images: 2 }, parseUsd('9'))).toMatchObject({ charge: parseUsd('2') })
  expect(withBelievableCharge({}, parseUsd('9'))).toEqual({ usage: {}, charge: parseUsd('9') })
})

describe('whatever an upstream reports', () => {
  const count = fc.option(fc.oneof(fc.nat(100), fc.nat(), fc.maxSafeNat()), { nil: undefined })
  const usages = fc.record({
    inputTokens: count,
    cachedInputTokens: count,
    outputTokens: count,
    reasoningTokens: count,
    images: count,
  })
  const limits = fc.record(
    { max_tokens: fc.integer({ min: 1, max: 10_000 }), n: fc.integer({ min: 1, max: 8 }) },
    { requiredKeys: [] },
  )
  const calls = fc.oneof(
    limits.map((more) => chat(more)),
    fc.integer({ min: 1, max: 20 }).map(embeddings),
    fc.integer({ min: 1, max: 10 }).map(images),
  )
  const windows = fc.option(fc.integer({ min: 1, max: 200_000 }), { nil: undefined })
  const price: Price = {
    input: parsePricePerMillion('3'),
    cachedInput: parsePricePerMillion('0.3'),
    output: parsePricePerMillion('15'),
    image: parseUsd('0.04'),
    source: 'config',
  }

  test('the charge is at most what the call can have cost, and never negative', () => {
    fc.assert(
      fc.property(usages, calls, windows, (usage, call, contextWindow) => {
        const held = withinMost(usage, call, contextWindow)
        const charge = costOf(held, price)
        const { max_tokens: allowed, n } = call.outline as { max_tokens?: number; n?: number }
        const longest = (contextWindow ?? 262_144) * (n ?? 1)
        // Reasoning may come on top of what was allowed.
        const output = Math.min(longest, (allowed ?? Infinity) * (n ?? 1) + (usage.reasoningTokens ?? 0))
        const most = {
          chat: { inputTokens: call.body.length + 8192, outputTokens: output },
          embeddings: { inputTokens: call.body.length + 128 * 20, outputTokens: 0 },
          images: { images: n ?? 1 },
        }[call.endpoint]
        if (charge === undefined) return
        expect(charge).toBeGreaterThanOrEqual(0n)
        // Without a count of images they are priced by their tokens.
        if (call.endpoint !== 'images' || held.images !== undefined)
          expect(charge).toBeLessThanOrEqual(costOf(most, price) ?? 0n)
      }),
    )
  })

  test('nothing is charged for that was not reported, and only what cannot be is marked', () => {
    fc.assert(
      fc.property(usages, calls, windows, (usage, call, contextWindow) => {
        const held = withinMost(usage, call, contextWindow)
        const names = ['inputTokens', 'outputTokens', 'images'] as const
        for (const name of names) expect(held[name] ?? -1).toBeLessThanOrEqual(usage[name] ?? -1)
        expect(held.capped === true).toBe(names.some((name) => held[name] !== usage[name]))
        // What was held once is possible.
        expect({ ...withinMost(held, call, contextWindow) }).toEqual(held)
      }),
    )
  })
})

test('counts that few answers have are told from those of nearly all, and from what is none', () => {
  expect(hasRareCounts({ inputTokens: 1, outputTokens: 2, reasoningTokens: 0, serviceTier: 'flex' })).toBe(false)
  expect(hasRareCounts({ inputTokens: 1, searches: undefined })).toBe(false)
  expect(hasRareCounts({ inputTokens: 1, searches: 0 })).toBe(true)
})
