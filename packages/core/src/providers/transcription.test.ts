import { knownProviders, type ProviderType } from './known-providers.ts'
import { describeRecordings, likeOpenAI } from './recordings.contract.ts'

const types = Object.keys(knownProviders) as ProviderType[]
const openai = likeOpenAI('/audio/transcriptions')

/** As its server writes them (docs.vllm.ai, "Transcriptions API"): pieces as chat has them, and usage in one of its own. */
const vllmEvents = `data: {"id":"t-1","object":"transcription.chunk","created":1,"model":"w","choices":[{"delta":{"content":"Hello "}}]}

data: {"id":"t-1","object":"transcription.chunk","created":1,"model":"w","choices":[{"delta":{"content":"there."},"finish_reason":"stop","stop_reason":null}]}

data: {"id":"t-1","object":"transcription.chunk","created":1,"model":"w","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13}}

data: [DONE]

`

describeRecordings('transcription', types, {
  openai,
  azure: openai,
  together: { ...openai, reply: { text: 'Hello there.' }, usage: {} },
  vllm: {
    ...openai,
    events: vllmEvents,
    eventUsage: { inputTokens: 9, outputTokens: 4 },
  },
  // Groq tells a length only where all of it is asked for (console.groq.com/docs/speech-to-text).
  'openai-compatible': {
    ...openai,
    reply: { task: 'transcribe', text: 'Hello there.', duration: 2.4, segments: [], x_groq: { id: 'req_1' } },
  },
  speka: openai,
  sandbox: openai,
})
