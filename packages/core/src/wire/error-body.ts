import type { LimitTold, SpekaError } from '../errors.ts'
import { jsonFrame } from '../bytes/frames.ts'

/** OpenAI's error envelope: its four fields are always there, and the limit where one has refused the request. */
export interface ErrorBody {
  error: { message: string; type: string; param: string | null; code: string; limit?: LimitTold }
}

/** The envelope that tells a caller about `error`. Its cause stays behind. */
export function errorBody({ message, type, param, code, limit }: SpekaError): ErrorBody {
  return { error: { message, type, param: param ?? null, code, ...(limit !== undefined && { limit }) } }
}

/** The event that ends a stream which failed after it had begun. No `[DONE]` follows it. */
export const errorFrame = (error: SpekaError): Buffer => jsonFrame(errorBody(error))
