/** How an interim answer begins; `101` would be none. */
const INTERIM = Buffer.from('HTTP/1.1 1')
const STATUS_LENGTH = INTERIM.length + 2
const END = Buffer.from('\r\n\r\n')
const MOST_BYTES = 16 * 1024

/**
 * Leaves interim answers out of what a connection brings, `100 Continue` above all, which undici closes the connection for where
 * nobody has asked for it. RFC 9110, section 15.2: a client must be able to take an interim answer that it does not expect.
 */
export class InterimSkipper {
  readonly #most: number
  /** The beginning of an interim answer, or of what may be one. */
  #held: Buffer | undefined
  #skipped = 0
  #request: number | undefined

  /** @param most how many are left out for one request before that is no answer any more. */
  constructor(most: number) {
    this.#most = most
  }

  /** Whether what comes next belongs to something that has begun. */
  get isWithin(): boolean {
    return this.#held !== undefined
  }

  /**
   * What is left of the next bytes; `undefined`: nothing yet.
   *
   * @param request which request, by its number, the head of an answer is to come for.
   */
  rest(chunk: Buffer, request: number): Buffer | undefined {
    if (request !== this.#request) this.#skipped = 0
    this.#request = request
    let bytes = this.#held === undefined ? chunk : Buffer.concat([this.#held, chunk])
    this.#held = undefined
    while (this.#skipped < this.#most && mayBegin(bytes)) {
      const end = bytes.length < STATUS_LENGTH ? -1 : bytes.indexOf(END)
      if (end === -1) {
        if (bytes.length > MOST_BYTES) break
        this.#held = bytes
        return undefined
      }
      this.#skipped += 1
      bytes = bytes.subarray(end + END.length)
      if (bytes.length === 0) return undefined
    }
    return bytes
  }
}

/** Whether these bytes are the status line of an interim answer, or may become one. */
function mayBegin(bytes: Buffer): boolean {
  const length = Math.min(bytes.length, INTERIM.length)
  if (bytes.compare(INTERIM, 0, length, 0, length) !== 0) return false
  return bytes.toString('latin1', INTERIM.length, STATUS_LENGTH) !== '01'
}
