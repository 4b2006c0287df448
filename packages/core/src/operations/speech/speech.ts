import type { RoutingFields } from '../../wire/call-facts.ts'

/** OpenAI's shape of a request to speak, as far as the gateway reads it; everything else passes through untouched. */

/** The body of `POST /v1/audio/speech`. Unknown fields pass through to upstreams that take them. */
export interface SpeechRequest extends RoutingFields {
  /** What to say. */
  input: string
  /** Whose voice: a name, or the id of a voice of one's own. Which there are is the model's to say. */
  voice?: string | { id: string } | null
  /** How to say it, for models that can be told. */
  instructions?: string | null
  /** @default 'mp3' */
  response_format?: 'mp3' | 'opus' | 'aac' | 'flac' | 'wav' | 'pcm' | (string & {}) | null
  /** 1 is as fast as people speak. */
  speed?: number | null
  /** `sse`: in events, with what it took at the end. Default: the sound alone. */
  stream_format?: 'audio' | 'sse' | null
  user?: string | null
  [field: string]: unknown
}

/** A sound, and what it is. */
export interface Speech {
  readonly audio: Uint8Array
  /** Its media type, such as `audio/mpeg`. */
  readonly contentType: string
}
