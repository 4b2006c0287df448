import { isRecord, type Json } from '../../json.ts'
import type { RecordingCall } from '../../operations/transcription/recording-call.ts'
import { operations } from '../../operations/operations.ts'
import { asBuffer } from '../../bytes/scan-object.ts'
import type { Usage } from '../../usage.ts'
import { readUsage } from '../../wire/read-usage.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'
import type { Answer, Reply } from '../provider.ts'
import { countOf } from '../translated/count-of.ts'
import { parseAnswer } from './chat-answer.ts'
import { gatewayFacts } from './gateway-answer.ts'

const BYTES_PER_TOKEN = 4

/**
 * Reads a transcript, in whichever of its formats it came: JSON, or words under the type that they came with.
 *
 * @param isGateway whether the upstream says what it charges.
 * @throws BadReplyError when a reply that claims success is not one.
 */
export function readTranscript(reply: Reply, call: RecordingCall, isGateway = false): Answer {
  const told = reply.headers['content-type'] ?? ''
  const body = asBuffer(reply.body)
  const start = body.toString('utf8', 0, 200).trimStart()
  if (/json/i.test(told) || (start.startsWith('{') && !TEXT.test(told))) return readJson(reply, call, isGateway)
  if (!(TEXT.test(told) || told === '') || /^<(?:!doctype|html|\?xml)/i.test(start))
    throw new BadReplyError(badReply('sent something else than a transcript'))
  return {
    body,
    edits: [],
    usage: {},
    usageJson: undefined,
    usageAt: undefined,
    // whisper.cpp calls its words a page.
    contentType: told === '' || /^text\/html/i.test(told) ? 'text/plain; charset=utf-8' : told,
    outputTokens: () => Math.ceil(body.length / BYTES_PER_TOKEN),
  }
}

/** What words of a transcript come as: SubRip has a type that is not text. */
const TEXT = /^(?:text\/[\w.+-]+|application\/(?:x-)?subrip)[ -~]{0,100}$/i

function readJson(reply: Reply, call: RecordingCall, isGateway: boolean): Answer {
  const answer = parseAnswer(reply)
  const { text, segments, usage: told } = answer
  if (typeof text !== 'string' && !Array.isArray(segments))
    throw new BadReplyError(badReply('sent something else than a transcript'))
  const usage = transcriptUsageIn(answer)
  const words = typeof text === 'string' ? text.length : reply.body.length
  return {
    ...(isGateway && gatewayFacts({ usage: told })),
    body: reply.body,
    edits: [],
    usage,
    usageJson: isRecord(told) ? told : operations[call.endpoint].usageJson(usage),
    usageAt: undefined,
    outputTokens: () => Math.ceil(words / BYTES_PER_TOKEN),
  }
}

/**
 * What a transcript took: seconds or tokens at OpenAI, both at Mistral (`prompt_audio_seconds`), and where nothing is said of usage the
 * length that `verbose_json` tells.
 */
export function transcriptUsageIn({ usage, duration }: Json): Usage {
  if (!isRecord(usage)) return secondsOf(duration)
  const { input_tokens: heard, output_tokens: said, input_token_details: parts } = usage
  const seconds = secondsOf(usage['seconds'] ?? usage['prompt_audio_seconds'] ?? duration)
  const [inputTokens, outputTokens] = [countOf(heard), countOf(said)]
  if (inputTokens === undefined) {
    const tokens = usage['prompt_tokens'] === undefined ? {} : readUsage(usage)
    return { ...tokens, ...seconds }
  }
  const audio = isRecord(parts) ? countOf(parts['audio_tokens']) : undefined
  return {
    ...seconds,
    inputTokens,
    outputTokens,
    ...(audio !== undefined && audio <= inputTokens && { audioInputTokens: audio }),
  }
}

/** A length in seconds, begun ones whole; some write it as a text. */
function secondsOf(told: unknown): Usage {
  const seconds = typeof told === 'string' ? Number(told) : told
  return typeof seconds === 'number' && seconds > 0 && seconds < MOST_SECONDS ? { seconds: Math.ceil(seconds) } : {}
}

const MOST_SECONDS = 1_000_000
