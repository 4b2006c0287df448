import type { SpekaError } from '../errors.ts'
import { jsonFrame } from '../bytes/frames.ts'

/** OpenAI's error envelope: all four fields are always there. */
export interface ErrorBody {
  error: { message: string; type: string; param: string | null; code: string }
}

/** The envelope that tells a caller about `error`. Its cause stays behind. */
export function errorBody(error: SpekaError): ErrorBody {
  return { error: { message: error.message, type: error.type, param: error.param ?? null, code: error.code } }
}

/** The event that ends a stream which failed after it had begun. No `[DONE]` follows it. */
export const errorFrame = (error: SpekaError): Buffer => jsonFrame(errorBody(error))
