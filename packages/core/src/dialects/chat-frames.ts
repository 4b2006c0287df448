import { isRecord } from '../json.ts'
import type { Bytes } from '../transport.ts'
import { dataOf, FrameCutter, isDone } from '../bytes/frames.ts'
import { readObject } from './read-object.ts'

/** What a dialect does with a stream of chat. */
export interface ChatListener {
  chunk(chunk: Readonly<Record<string, unknown>>): void
  done(): void
}

/** Reads a stream of chat, wherever it is split. */
export class ChatFrames {
  // The engine has held them to a limit already.
  readonly #cutter = new FrameCutter(Infinity)
  readonly #listener: ChatListener

  constructor(listener: ChatListener) {
    this.#listener = listener
  }

  push(chat: Bytes): void {
    this.#cutter.push(chat, (frame) => {
      const data = dataOf(frame)
      if (data === undefined) return
      if (isDone(data)) this.#listener.done()
      else this.#listener.chunk(readObject(data))
    })
  }
}

/** The choices of an answer or a chunk, as far as they are any. */
export const choicesIn = ({ choices }: Readonly<Record<string, unknown>>): Record<string, unknown>[] =>
  Array.isArray(choices) ? choices.filter(isRecord) : []
