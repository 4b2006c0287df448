import { asBuffer } from '../../bytes/scan-object.ts'
import type { Bytes } from '../../transport.ts'
import type { FileHead, FormEvent } from './form-event.ts'

/** How much is kept of a file's beginning and of its end: what a recording says of its length stands in one of them. */
const KEPT_BYTES = 64 * 1024

/** What was seen of the files of a form as they went by. */
export class FormFile {
  /** Of the first one; `undefined`: none has come. */
  head: FileHead | undefined
  /** The fields that have come with them, in their order. */
  readonly names: string[] = []
  /** Bytes of all of them so far. */
  bytes = 0
  readonly #beginning: Buffer[] = []
  #beginningBytes = 0
  readonly #end: Buffer[] = []
  #endBytes = 0

  /** Takes note of what a form says. */
  see(event: FormEvent): void {
    if (event.kind === 'file') {
      this.head ??= event.head
      this.names.push(event.head.name)
    } else if (event.kind === 'bytes') this.#seeBytes(event.bytes)
  }

  /** How many have come. */
  get count(): number {
    return this.names.length
  }

  /** As much of the beginning as is kept. */
  get beginning(): Buffer {
    return Buffer.concat(this.#beginning)
  }

  /** As much of what has come last as is kept. */
  get end(): Buffer {
    return Buffer.concat(this.#end)
  }

  #seeBytes(bytes: Bytes): void {
    this.bytes += bytes.length
    const left = KEPT_BYTES - this.#beginningBytes
    if (left > 0) {
      // A copy: what came with it is let go as soon as it is sent.
      const kept = Buffer.from(bytes.subarray(0, left))
      this.#beginning.push(kept)
      this.#beginningBytes += kept.length
    }
    this.#end.push(asBuffer(bytes))
    this.#endBytes += bytes.length
    for (let first = this.#end[0]; first !== undefined && this.#endBytes - first.length >= KEPT_BYTES;) {
      this.#end.shift()
      this.#endBytes -= first.length
      first = this.#end[0]
    }
  }
}
