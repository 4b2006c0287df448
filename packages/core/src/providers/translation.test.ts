import { knownProviders, type ProviderType } from './known-providers.ts'
import { describeRecordings, likeOpenAI } from './recordings.contract.ts'

const types = Object.keys(knownProviders) as ProviderType[]
const openai = likeOpenAI('/audio/translations')

describeRecordings('translation', types, {
  openai,
  azure: openai,
  together: openai,
  groq: openai,
  deepinfra: openai,
  vllm: openai,
  'openai-compatible': openai,
  'whisper-cpp': {
    path: '/inference',
    sends: { language: 'de', translate: 'true' },
    reply: { text: 'Hello there.' },
    usage: {},
  },
  speka: openai,
  sandbox: openai,
})
