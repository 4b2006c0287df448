import { isRecord } from '../json.ts'
import type { Bytes } from '../transport.ts'
import { dataOf, FrameCutter, isDone } from '../bytes/frames.ts'
import { readObject } from './read-object.ts'

/** What a dialect does with a stream of chat. */
export interface ChatListener {
  /** @param frame the event that it came in. */
  chunk(chunk: Readonly<Record<string, unknown>>, frame: Buffer): void
  done(): void
  /**
   * Takes whole events from a place in the bytes by itself, as far as it knows what they say. Default: it takes none.
   *
   * @returns where they end.
   */
  skim?(bytes: Buffer, start: number): number
}

/** Reads a stream of chat, wherever it is split. */
export class ChatFrames {
  // The engine has held them to a limit already.
  readonly #cutter = new FrameCutter(Infinity)
  readonly #listener: ChatListener
  readonly #skim: ((bytes: Buffer, start: number) => number) | undefined

  constructor(listener: ChatListener) {
    this.#listener = listener
    this.#skim = listener.skim?.bind(listener)
  }

  push(chat: Bytes): void {
    const each = (frame: Buffer): void => {
      const data = dataOf(frame)
      if (data === undefined) return
      if (isDone(data)) this.#listener.done()
      else this.#listener.chunk(readObject(data), frame)
    }
    this.#cutter.push(chat, each, this.#skim)
  }
}

/** The choices of an answer or a chunk, as far as they are any. */
export const choicesIn = ({ choices }: Readonly<Record<string, unknown>>): Record<string, unknown>[] =>
  Array.isArray(choices) ? choices.filter(isRecord) : []
