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

const mistralEvents = `event: transcription.language
data: {"type":"transcription.language","audio_language":"en"}

event: transcription.text.delta
data: {"type":"transcription.text.delta","text":"Hello "}

event: transcription.text.delta
data: {"type":"transcription.text.delta","text":"there."}

event: transcription.done
data: {"type":"transcription.done","model":"voxtral-mini-2507","text":"Hello there.","segments":[],"usage":{"prompt_audio_seconds":3,"prompt_tokens":4,"total_tokens":50,"completion_tokens":46},"language":null}

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
  // It tells a length only where all of it is asked for (console.groq.com/docs/speech-to-text).
  groq: {
    ...openai,
    reply: { task: 'transcribe', text: 'Hello there.', duration: 2.4, segments: [], x_groq: { id: 'req_1' } },
  },
  // Its own events, and seconds beside its tokens (docs.mistral.ai/api/endpoint/audio/transcriptions).
  mistral: {
    ...openai,
    reply: {
      model: 'voxtral-mini-2507',
      text: 'Hello there.',
      language: null,
      segments: [],
      usage: { prompt_audio_seconds: 3, prompt_tokens: 4, total_tokens: 50, completion_tokens: 46 },
    },
    usage: { seconds: 3, inputTokens: 4, outputTokens: 46, cachedInputTokens: undefined, reasoningTokens: undefined },
    events: mistralEvents,
    eventUsage: {
      seconds: 3,
      inputTokens: 4,
      outputTokens: 46,
      cachedInputTokens: undefined,
      reasoningTokens: undefined,
    },
  },
  'whisper-cpp': {
    path: '/inference',
    sends: { language: 'de' },
    reply: { text: 'Hello there.' },
    usage: {},
  },
  deepinfra: openai,
  'openai-compatible': openai,
  speka: openai,
  sandbox: openai,
})
