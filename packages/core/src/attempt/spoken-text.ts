import { isRecord } from '../json.ts'
import type { Bytes } from '../transport.ts'
import { dataOf, FrameCutter, isDone } from '../bytes/frames.ts'
import { asBuffer } from '../bytes/scan-object.ts'

/** What a stream has said to its caller so far. Looked into only for requests that want to be taken up where they broke off. */
export class SpokenText {
  #text = ''
  #isPlain = true

  /** What was said, if it was nothing but text; `undefined` when there is nothing that could be taken up. */
  get text(): string | undefined {
    return this.#isPlain && this.#text !== '' ? this.#text : undefined
  }

  /** Whole frames on their way to the caller. */
  hear(frames: Bytes): void {
    new FrameCutter(Infinity).push(asBuffer(frames), (frame) => {
      const data = dataOf(frame)
      if (data !== undefined && !isDone(data)) this.#chunk(JSON.parse(data.toString('utf8')))
    })
  }

  #chunk(chunk: unknown): void {
    const choices = isRecord(chunk) && Array.isArray(chunk['choices']) ? chunk['choices'].filter(isRecord) : []
    for (const { index, delta } of choices) {
      if (!isRecord(delta)) continue
      if (typeof delta['content'] === 'string') this.#text += delta['content']
      if ((index ?? 0) !== 0 || OTHER_OUTPUT.some((field) => delta[field] != null)) this.#isPlain = false
    }
  }
}

/** What a delta may say besides text. */
const OTHER_OUTPUT = ['tool_calls', 'function_call', 'refusal', 'images']
