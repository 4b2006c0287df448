import { createOpenAI } from '@ai-sdk/openai'
import { generateText, isStepCount, tool, type ModelMessage } from 'ai'
import { z } from 'zod'
import { startApp, type StartedApp } from './support/start-app.ts'

// It comments on what models can do, on the console.
Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false })

const keep = { encryption_key: 'q83vEjRWeJqrze8BI0VniavN7wEjRWeJq83vASNFZ4k=' }
const model = 'speka/sandbox'

let app: StartedApp
afterEach(() => app.close())

const openaiOf = () => createOpenAI({ baseURL: `${app.origin}/v1`, apiKey: app.liveKey })

test('the AI SDK refers to earlier answers by their ids, and they are found where responses are kept', async () => {
  app = await startApp({ responses: { keep } })
  let looks = 0
  const { find } = app.store.responses
  app.store.responses.find = (...asked) => {
    looks += 1
    return find(...asked)
  }
  const openai = openaiOf()
  const tools = {
    weather: tool({
      description: 'The weather of a city',
      inputSchema: z.object({ city: z.string() }),
      execute: async ({ city }) => `Rain in ${city}.`,
    }),
  }
  const messages: ModelMessage[] = [{ role: 'user', content: 'What is the weather?' }]
  // The second step refers to the call of the first, and the second turn to all of the first.
  for (let turn = 0; turn < 3; turn += 1) {
    const { text, responseMessages } = await generateText({
      model: openai(model),
      messages,
      tools,
      maxRetries: 0,
      stopWhen: isStepCount(3),
    })
    expect(text).not.toBe('')
    messages.push(...responseMessages, { role: 'user', content: 'And now?' })
  }
  expect(looks).toBeGreaterThan(0)
  expect(app.settled.length).toBeGreaterThan(4)
  expect(app.settled.every(({ outcome }) => outcome === 'complete')).toBe(true)
})

test('without, they are refused', async () => {
  app = await startApp()
  const openai = openaiOf()
  const first = await generateText({ model: openai(model), prompt: 'Hi', maxRetries: 0 })
  const messages: ModelMessage[] = [
    { role: 'user', content: 'Hi' },
    ...first.response.messages,
    { role: 'user', content: 'And?' },
  ]
  await expect(generateText({ model: openai(model), messages, maxRetries: 0 })).rejects.toThrow(
    'refers to an earlier answer',
  )
})
