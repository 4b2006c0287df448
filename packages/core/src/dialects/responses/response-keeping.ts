import type { Bytes } from '../../transport.ts'
import type { ResponseObject } from './shapes.ts'

/** What becomes of a response that is made of chat, where somebody keeps such. */
export interface ResponseKeeping {
  /** What it is called if it is kept. */
  readonly id: string
  /** What it goes on with, whose conversation is in the request's input already; `undefined`: it begins one. */
  readonly before: string | undefined
  /** Whether the request's input has been given items that were kept here: those of `before`, or what it referred to. */
  readonly hasOwnItems: boolean
  /**
   * Keeps it. Asked once it is whole and on record, unless the request says `store: false`; who was to hear of its end waits.
   *
   * @param input the request's own JSON.
   * @returns whether it is kept. It never throws.
   */
  readonly keep?: ((response: ResponseObject, input: Bytes) => Promise<boolean>) | undefined
}
