import { callOf, target } from '../run-provider.contract.ts'
import { openAICompatible } from './openai-compatible.ts'

test.each([
  [{ modalities: ['image', 'text'] }, true],
  [{ modalities: ['text'] }, false],
  [{ modalities: null }, false],
  [{}, false],
])('with %j an answer that streams may hold pictures: %s', (asked, holds) => {
  const request = { model: 'a', stream: true, messages: [{ role: 'user', content: 'Draw' }], ...asked }
  const plan = openAICompatible('other').chat?.stream?.(callOf(JSON.stringify(request)), target)
  expect(plan?.holdsPictures).toBe(holds)
})
