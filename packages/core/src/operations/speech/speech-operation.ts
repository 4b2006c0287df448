import { asBuffer } from '../../bytes/scan-object.ts'
import type { Usage } from '../../usage.ts'
import { HIDDEN_TOKENS } from '../chat/most-of-chat.ts'
import { estimateInputTokens } from '../estimate-input.ts'
import { withUsage } from '../images/image-events.ts'
import type { Operation } from '../operation.ts'
import { tokensInPrompt } from '../token-count.ts'
import { charactersOf, mostCharactersOf, readSpeechCall, writeSpeechCall, type SpeechCall } from './speech-call.ts'
import type { SpeechRequest } from './speech.ts'

/** A second of speech has some 15 characters, and 20 tokens at OpenAI: $0.015 a minute at $12 for a million (openai.com/api/pricing). */
const TOKENS_PER_CHARACTER = 1.4
/** Slow speech, and signs that are whole words. */
const MOST_TOKENS_PER_CHARACTER = 30
const MOST_TOKENS_BESIDE = 2048

/** A text made into speech. */
export const speechOperation: Operation<SpeechCall> = {
  paths: ['/v1/audio/speech'],
  read: readSpeechCall,
  write: (request, facts) => writeSpeechCall(request as unknown as SpeechRequest, facts),
  units: ['input', 'output', 'audio_output', 'character', 'second', 'request'],
  tellingField: 'voice',
  saying: (text) => ({ input: text || ' ', voice: 'alloy' }),

  size: (call) => ({
    inputTokens: estimateInputTokens(call),
    outputTokens: Math.ceil(mostCharactersOf(call) * TOKENS_PER_CHARACTER),
    images: undefined,
    characters: mostCharactersOf(call),
  }),
  choices: () => 1,

  mostInputTokens: ({ body }) => body.length + HIDDEN_TOKENS,
  mostOutputTokens: (call) => MOST_TOKENS_BESIDE + mostCharactersOf(call) * MOST_TOKENS_PER_CHARACTER,
  mostCharacters: mostCharactersOf,
  completeUsage: complete,
  usageSoFar: complete,
  usageJson: ({ inputTokens = 0, outputTokens = 0, characters, estimated }) => ({
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    ...(characters !== undefined && { characters }),
    ...(estimated === true && { estimated }),
  }),

  // All of it may be spoken before any of it is sent.
  stream: { mayBeSilent: true },
  endStream({ frames, usage }) {
    const last = frames.at(-1)
    const told = usage()
    return last === undefined || told === undefined ? frames : [...frames.slice(0, -1), withUsage(asBuffer(last), told)]
  },
}

/** Characters are counted here, and by whoever bills by them; tokens only with the events of a stream. */
function complete(usage: Usage, call: SpeechCall): Usage {
  const characters = usage.characters ?? charactersOf(call)
  if ((usage.outputTokens ?? 0) > 0) return usage.characters === undefined ? { ...usage, characters } : usage
  const spoken = Math.ceil(characters * TOKENS_PER_CHARACTER)
  return {
    ...usage,
    characters,
    inputTokens: (usage.inputTokens ?? 0) > 0 ? usage.inputTokens : tokensInPrompt(call),
    outputTokens: spoken,
    audioOutputTokens: spoken,
    estimated: true,
  }
}
