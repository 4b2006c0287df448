import { asBuffer } from '../../bytes/scan-object.ts'
import type { Usage } from '../../usage.ts'
import { likelySeconds, mostSeconds, soundSeconds } from '../../wire/sound/sound-length.ts'
import { HIDDEN_TOKENS } from '../chat/most-of-chat.ts'
import { withUsage } from '../images/image-events.ts'
import type { Operation } from '../operation.ts'
import { tokensInPrompt } from '../token-count.ts'
import {
  readJsonRecording,
  readRecording,
  writeRecording,
  type RecordingBody,
  type RecordingCall,
} from './recording-call.ts'
import { transcriptEvents } from './transcript-events.ts'

/** A token for each tenth of a second, as OpenAI's models hear it; the finest of others have 32 a second (ai.google.dev, "Audio understanding"). */
const TOKENS_PER_SECOND = 10
const MOST_TOKENS_PER_SECOND = 50
/** Speech has two or three words a second; marks of time and of who speaks come besides. */
const TOKENS_SAID_PER_SECOND = 4
const MOST_TOKENS_SAID_PER_SECOND = 25
/** What a short recording is allowed besides: models make up words for silence. */
const MOST_TOKENS_BESIDE = 2048
/** Some bill a short recording as if it were longer: Groq by ten seconds at least (console.groq.com/docs/speech-to-text). */
const LEAST_BILLED_SECONDS = 10
const BYTES_PER_TOKEN = 3

/**
 * What transcriptions and translations have in common, whatever the words of a recording are told in.
 *
 * @param as makes it a call of the one or the other.
 */
export function recordingOperation<Asked extends RecordingCall>(
  path: string,
  as: (recording: RecordingBody) => Asked,
): Operation<Asked> {
  return {
    paths: [path],
    read: (body, facts, aids) => as(readJsonRecording(body, facts, aids)),
    readForm: (form, facts) => as(readRecording(form, facts)),
    write: (request, facts) => as(writeRecording(request, facts)),
    units: ['input', 'cached_input', 'audio_input', 'output', 'second', 'request'],
    tellingField: 'file',
    saying: (text) => ({ file: SILENCE, ...(text !== '' && { prompt: text }) }),

    size(call) {
      const seconds = likelyLength(call)
      return {
        inputTokens: Math.ceil(call.body.length / BYTES_PER_TOKEN + seconds * TOKENS_PER_SECOND),
        outputTokens: Math.ceil(seconds * TOKENS_SAID_PER_SECOND),
        images: undefined,
        seconds: mostLength(call),
      }
    },
    choices: () => 1,

    mostInputTokens: (call) => call.body.length + HIDDEN_TOKENS + mostLength(call) * MOST_TOKENS_PER_SECOND,
    mostOutputTokens: (call) => MOST_TOKENS_BESIDE + mostLength(call) * MOST_TOKENS_SAID_PER_SECOND,
    mostSeconds: mostLength,
    completeUsage: complete,
    usageSoFar: (usage, call, outputTokens) => complete(usage, call, () => outputTokens),
    usageJson: transcriptUsage,

    // A model may listen to all of it before it says a word.
    stream: { mayBeSilent: true },
    asEvents: transcriptEvents,
    endStream({ frames, usage }) {
      const last = frames.at(-1)
      const told = usage()
      return last === undefined || told === undefined
        ? frames
        : [...frames.slice(0, -1), withUsage(asBuffer(last), told)]
    },
  }
}

/** How many seconds a recording has, by itself, or is likely to have. */
const likelyLength = ({ form }: RecordingCall): number => soundSeconds(form.file) ?? likelySeconds(form.mostFileBytes)

/** How many whole ones it can have at the most. */
const mostLength = ({ form }: RecordingCall): number =>
  Math.ceil(mostSeconds(form.file, form.mostFileBytes)) + LEAST_BILLED_SECONDS

/** Who counts tokens, or seconds, bills by them; the length of the recording is known besides. When nobody counts, both are guessed. */
function complete(usage: Usage, call: RecordingCall, outputTokens: () => number): Usage {
  if (usage.seconds !== undefined && usage.seconds > 0) return usage
  const measured = soundSeconds(call.form.file)
  const seconds = Math.ceil(measured ?? likelySeconds(call.form.file.bytes))
  if ((usage.inputTokens ?? 0) > 0) return measured === undefined ? usage : { ...usage, seconds }
  const heard = seconds * TOKENS_PER_SECOND
  return {
    ...usage,
    seconds,
    inputTokens: heard + tokensInPrompt(call),
    audioInputTokens: heard,
    outputTokens: (usage.outputTokens ?? 0) > 0 ? usage.outputTokens : outputTokens(),
    estimated: true,
  }
}

function transcriptUsage(usage: Usage): Record<string, unknown> {
  const { inputTokens, audioInputTokens, outputTokens, seconds, estimated } = usage
  const ours = estimated === true ? { estimated } : {}
  if (inputTokens === undefined || estimated === true) return { type: 'duration', seconds: seconds ?? 0, ...ours }
  return {
    type: 'tokens',
    input_tokens: inputTokens,
    ...(audioInputTokens !== undefined && {
      input_token_details: { text_tokens: inputTokens - audioInputTokens, audio_tokens: audioInputTokens },
    }),
    output_tokens: outputTokens ?? 0,
    total_tokens: inputTokens + (outputTokens ?? 0),
  }
}

/** A WAV of a tenth of a second in which nothing is heard: 8 bits, 8 kHz. */
const SILENCE = `data:audio/wav;base64,${silence(800).toString('base64')}`

function silence(samples: number): Buffer {
  const wav = Buffer.alloc(44 + samples, 0x80)
  wav.write('RIFF', 0, 'latin1')
  wav.writeUInt32LE(36 + samples, 4)
  wav.write('WAVEfmt ', 8, 'latin1')
  wav.writeUInt32LE(16, 16)
  wav.writeUInt16LE(1, 20)
  wav.writeUInt16LE(1, 22)
  wav.writeUInt32LE(8000, 24)
  wav.writeUInt32LE(8000, 28)
  wav.writeUInt16LE(1, 32)
  wav.writeUInt16LE(8, 34)
  wav.write('data', 36, 'latin1')
  wav.writeUInt32LE(samples, 40)
  return wav
}
