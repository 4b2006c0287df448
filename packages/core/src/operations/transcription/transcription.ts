import type { RoutingFields } from '../../wire/call-facts.ts'
import type { CostDetails } from '../chat/chat.ts'

/** OpenAI's shapes of transcriptions and translations, as far as the gateway reads them; everything else passes through untouched. */

/** How a transcript is written. Which of them there are is the model's to say. */
export type TranscriptFormat = 'json' | 'text' | 'srt' | 'vtt' | 'verbose_json' | 'diarized_json' | (string & {})

/** The fields that come with a recording. Unknown fields pass through to upstreams that take them. */
export interface TranscriptionFields extends RoutingFields {
  /** What is spoken, as an ISO 639-1 code. Default: the model finds out. */
  language?: string | null
  /** Words that the recording goes on from, or that it is likely to have. */
  prompt?: string | null
  /** @default 'json' */
  response_format?: TranscriptFormat | null
  temperature?: number | null
  timestamp_granularities?: ('word' | 'segment')[] | null
  include?: string[] | null
  /** Whether the transcript comes as it is made, in events. */
  stream?: boolean | null
  [field: string]: unknown
}

/** A recording: its bytes, or all of it in a `data:` URL. */
export type Recording = Blob | Uint8Array | string

/** A request for what a recording says. */
export interface TranscriptionRequest extends TranscriptionFields {
  file: Recording
  /** What the file is called: some providers go by its ending. Default: its own name, or one after its type. */
  filename?: string
}

/** The same in English, whatever is spoken: most providers take no `language` then, and do not stream. */
export type TranslationRequest = TranscriptionRequest

/** What a transcript took: by its length, or by tokens, as the provider counts. */
export interface TranscriptUsage {
  type: 'duration' | 'tokens'
  /** Length of the recording. */
  seconds?: number
  input_tokens?: number
  input_token_details?: { text_tokens?: number; audio_tokens?: number }
  output_tokens?: number
  total_tokens?: number
  /** Whether some of the counts are the gateway's own, where the provider did not say. */
  estimated?: boolean
  /** Whether the provider said more than the request can have used, or may cost: what is charged is less. */
  capped?: boolean
  /** The charge in US dollars, for reading; absent when it is not known. */
  cost?: number
  cost_details?: CostDetails
  [field: string]: unknown
}

/** What a recording says, as JSON. With `verbose_json` there are its language, its length and its segments too. */
export interface Transcript {
  text: string
  language?: string
  /** In seconds. */
  duration?: number | string
  segments?: unknown[]
  words?: unknown[]
  usage?: TranscriptUsage
  [field: string]: unknown
}
