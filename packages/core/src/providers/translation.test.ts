import { knownProviders, type ProviderType } from './known-providers.ts'
import { describeRecordings, likeOpenAI } from './recordings.contract.ts'

const types = Object.keys(knownProviders) as ProviderType[]
const openai = likeOpenAI('/audio/translations')

describeRecordings('translation', types, {
  openai,
  azure: openai,
  together: openai,
  vllm: openai,
  'openai-compatible': openai,
  speka: openai,
  sandbox: openai,
})
