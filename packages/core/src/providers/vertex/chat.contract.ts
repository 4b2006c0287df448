import type { ProviderFixtures } from '../provider-fixtures.contract.ts'
import { fixtures as gemini } from '../gemini/chat.contract.ts'
import { conversation, weather } from '../request-fixture.contract.ts'

const hello = [{ role: 'user', content: 'Hi' }]
const contents = [{ role: 'user', parts: [{ text: 'Hi' }] }]

/** Google's models answer at Vertex as they do at Gemini's API. */
export const fixtures: ProviderFixtures = {
  ...gemini,
  requests: [
    {
      name: 'a question',
      body: JSON.stringify({ model: 'a', messages: hello, max_tokens: 5 }),
      target: { upstreamModel: 'gemini-2.5-flash-lite' },
      sends: { contents, generationConfig: { maxOutputTokens: 5 } },
      path: '/publishers/google/models/gemini-2.5-flash-lite:generateContent',
    },
    {
      name: 'a stream of a model that is named with its maker',
      body: JSON.stringify({ model: 'a', messages: hello, stream: true }),
      target: { upstreamModel: 'google/gemini-2.0-flash' },
      sends: { contents },
      path: '/publishers/google/models/gemini-2.0-flash:streamGenerateContent?alt=sse',
    },
    {
      name: 'a model that was tuned',
      body: JSON.stringify({ model: 'a', messages: hello }),
      target: { upstreamModel: 'endpoints/4511608470067216384' },
      sends: { contents },
      path: '/endpoints/4511608470067216384:generateContent',
    },
    {
      name: 'the history of a tool without its ids, which Vertex does not know',
      body: JSON.stringify({ model: 'a', messages: conversation({}), tools: [weather] }),
      target: { upstreamModel: 'gemini-2.0-flash' },
      sends: {
        contents: [
          { role: 'user', parts: [{ text: 'Weather?' }] },
          { role: 'model', parts: [{ functionCall: { name: 'weather', args: {} } }] },
          { role: 'user', parts: [{ functionResponse: { name: 'weather', response: { output: 'Sunny' } } }] },
        ],
        tools: [
          {
            functionDeclarations: [{ name: 'weather', parametersJsonSchema: { type: 'object', properties: {} } }],
          },
        ],
      },
      path: '/publishers/google/models/gemini-2.0-flash:generateContent',
    },
  ],
}
