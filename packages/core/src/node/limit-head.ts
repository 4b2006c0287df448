/** How long the head of an answer may be, as in Node and undici. */
export const MOST_HEAD_BYTES = 16 * 1024

/** Where a head ends. */
export const HEAD_END = Buffer.from('\r\n\r\n')

/**
 * Notices a head that does not end. undici does too, but only after it has made an error, with its stack, of each further header
 * that it has in hand: there may be thousands, and everybody waits.
 */
export class HeadLimit {
  /** Whose head it has seen a part of last, by the number of the request. */
  request: number | undefined
  #bytes = 0
  /** The last three bytes, in which the end may begin. */
  #last = 0

  /**
   * Whether a head is above the limit with these bytes, which were read while it had not ended.
   *
   * @param request which request, by its number, it answers.
   */
  isAbove(chunk: Buffer, request: number): boolean {
    if (request !== this.request) {
      this.request = request
      this.#bytes = 0
      this.#last = 0
    }
    const room = MOST_HEAD_BYTES - this.#bytes
    this.#bytes += chunk.length
    if (chunk.length > room) return !this.#endsWithin(chunk.subarray(0, Math.max(0, room)))
    for (let at = Math.max(0, chunk.length - 3); at < chunk.length; at += 1)
      this.#last = ((this.#last << 8) | (chunk[at] ?? 0)) & 0xffffff
    return false
  }

  #endsWithin(bytes: Buffer): boolean {
    const last = this.#last
    return Buffer.concat([Buffer.of(last >> 16, last >> 8, last), bytes]).includes(HEAD_END)
  }
}

/** What a request fails with whose answer's head is too long. */
export const endlessHead = (): Error =>
  Object.assign(new Error(`The head of the answer is longer than ${MOST_HEAD_BYTES / 1024} KiB.`), {
    code: 'UND_ERR_HEADERS_OVERFLOW',
  })
