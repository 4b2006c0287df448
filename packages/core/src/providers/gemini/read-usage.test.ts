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
  ['more than there was', tokens({ AUDIO: 101 })],
  ['only of words', tokens({ TEXT: 100 })],
  ['not as a list', { AUDIO: 5 }],
])('sound that is told of %s is none', (_, details) => {
  expect(readGeminiUsage({ promptTokenCount: 100, promptTokensDetails: details })).toEqual({
    inputTokens: 100,
    outputTokens: 0,
  })
})
