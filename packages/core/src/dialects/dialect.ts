import type { SpekaError } from '../errors.ts'
import type { Bytes } from '../transport.ts'
import type { ChatCall } from '../operations/chat/chat-call.ts'

/**
 * Another API's shape of chat: what was asked becomes a chat call, and what was answered takes that API's shape again.
 * One for each request; it keeps track of a stream.
 */
export interface Dialect {
  /** What is asked of chat. */
  readonly call: ChatCall
  /** A whole chat completion as this API answers it: JSON in, JSON out. */
  answer(completion: Bytes): Bytes
  /** What this API tells of whole chat frames, as its own events; often nothing. The end mark comes out as an end mark. */
  frames(chat: Bytes): Bytes
  /**
   * The last of a good answer, where it is told only once somebody has kept it: a whole completion, or the rest of a stream's frames.
   * It never throws. Default: nobody keeps it.
   */
  readonly last?: ((chat: Bytes) => Promise<Bytes>) | undefined
  /** The events that end a broken stream. None of them can be taken for success. */
  failure(error: SpekaError): Bytes
}
