import { readUsage } from '../../wire/read-usage.ts'
import { writeUsage } from './write-usage.ts'

test('all that is counted of a chat is written so that it is read again as it was', () => {
  const usage = {
    inputTokens: 1000,
    cachedInputTokens: 400,
    cacheWriteTokens: 100,
    cacheWrite1hTokens: 50,
    audioInputTokens: 10,
    outputTokens: 500,
    reasoningTokens: 200,
    audioOutputTokens: 20,
    searches: 2,
  }
  expect(readUsage(writeUsage(usage))).toEqual(usage)
})
