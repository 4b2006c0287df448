import type { Json } from '../../json.ts'
import type {
  RecordingCall,
  TranscriptionCall,
  TranslationCall,
} from '../../operations/transcription/recording-call.ts'
import { argumentsGiven, developerAsSystem } from '../changes/messages.ts'
import { passThrough } from '../native/pass-through.ts'
import type { ChatRules } from '../openai-compatible/chat-rules.ts'
import { completionsApi } from '../openai-compatible/completions-api.ts'
import { openAICompatible } from '../openai-compatible/openai-compatible.ts'
import { recordingsByRules } from '../openai-compatible/recordings.ts'
import type { Provider } from '../provider.ts'

/** vLLM takes every field, its own extras included. */
export const vllmRules: ChatRules = { rewrites: { messages: [developerAsSystem, argumentsGiven] } }

/** A stream of a transcript tells its usage where that is asked for (docs.vllm.ai, "Transcriptions API"). */
const toldUsage = ({ stream }: RecordingCall): Json => (stream ? { stream_include_usage: true } : {})

export const vllm: Provider = {
  ...openAICompatible('vllm', {
    rules: vllmRules,
    continues: 'continue_final_message',
    extras: { thoughts: ['reasoning_content'] },
    reranks: true,
  }),
  transcription: recordingsByRules<TranscriptionCall>({ path: '/audio/transcriptions', writes: toldUsage }),
  translation: recordingsByRules<TranslationCall>({ path: '/audio/translations', writes: toldUsage }),
  native: { completions: passThrough(completionsApi) },
}
