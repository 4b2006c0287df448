import { readGeminiUsage } from './read-usage.ts'

const tokens = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts).map(([modality, tokenCount]) => ({ modality, tokenCount }))

test('sound is told apart from words, in the prompt and in the answer', () => {
  const usage = {
    promptTokenCount: 100,
    promptTokensDetails: tokens({ TEXT: 40, AUDIO: 60 }),
    candidatesTokenCount: 30,
    candidatesTokensDetails: tokens({ AUDIO: 30 }),
    thoughtsTokenCount: 5,
  }
  expect(readGeminiUsage(usage)).toEqual({
    inputTokens: 100,
    audioInputTokens: 60,
    outputTokens: 35,
    audioOutputTokens: 30,
    reasoningTokens: 5,
  })
})

test.each([
  [100, 100],
  [101, undefined],
])('a single token of sound counts, and of %p from the cache as many as the prompt can hold', (cached, believed) => {
  const usage = {
    promptTokenCount: 100,
    promptTokensDetails: tokens({ TEXT: 99, AUDIO: 1 }),
    cachedContentTokenCount: cached,
    toolUsePromptTokenCount: 20,
    candidatesTokenCount: 30,
    candidatesTokensDetails: tokens({ TEXT: 29, AUDIO: 1 }),
  }
  const sound = { audioInputTokens: 1, audioOutputTokens: 1 }
  expect(readGeminiUsage(usage)).toEqual({ inputTokens: 120, outputTokens: 30, cachedInputTokens: believed, ...sound })
})

test.each([null, {}, { candidatesTokenCount: 5 }])('%j counts nothing', (usage) => {
  expect(readGeminiUsage(usage)).toEqual({})
})

test.each([
  ['more than there was', tokens({ AUDIO: 101 })],
  ['only of words', tokens({ TEXT: 100 })],
  ['not as a list', { AUDIO: 5 }],
  ['without how much', [{ modality: 'AUDIO' }]],
  ['by what is no count', [null, 'AUDIO']],
])('sound that is told of %s is none', (_, details) => {
  expect(readGeminiUsage({ promptTokenCount: 100, promptTokensDetails: details })).toEqual({
    inputTokens: 100,
    outputTokens: 0,
  })
})
