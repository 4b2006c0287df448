import { isAnthropics } from './envelope.ts'

const version = { 'anthropic-version': '2023-06-01' }

test.each([
  { url: '/v1/messages', headers: {}, isTheirs: true },
  { url: '/v1/messages?beta=true', headers: {}, isTheirs: true },
  { url: '/v1/messages/batches', headers: {}, isTheirs: true },
  { url: '/v1/v1/messages', headers: {}, isTheirs: true },
  { url: '/anthropic/v1/models', headers: {}, isTheirs: true },
  { url: '/v1/models?limit=1000', headers: version, isTheirs: true },
  { url: '/v1/models/claude', headers: version, isTheirs: true },
  { url: '/v1/experimental/generate_prompt', headers: version, isTheirs: true },
  { url: '/v1/models', headers: {}, isTheirs: false },
  { url: '/v1/messagesque', headers: {}, isTheirs: false },
  // A proxy may hand on what a client of Anthropic's has sent: what it asks in OpenAI's words is answered in them.
  { url: '/v1/chat/completions', headers: version, isTheirs: false },
])('a request to $url with $headers is for Anthropic: $isTheirs', ({ url, headers, isTheirs }) => {
  expect(isAnthropics({ url, headers })).toBe(isTheirs)
})
