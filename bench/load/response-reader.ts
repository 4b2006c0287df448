/** What a reader tells of the response it reads. */
export interface ResponseListener {
  /** A piece of the body, without HTTP's framing. The bytes are only lent: they change after the call. */
  body?(bytes: Buffer): void
  /** The response is complete. */
  end(response: { readonly status: number; readonly head: string; readonly keepAlive: boolean }): void
}

type State = 'head' | 'length' | 'chunk-size' | 'chunk-extension' | 'chunk' | 'chunk-end' | 'trailer'

const HEAD_END = '\r\n\r\n'
const CR = 13
const LF = 10
const SEMICOLON = 59
const LONGEST_HEAD = 64 * 1024

/**
 * Reads responses to requests sent one at a time on one connection, with the least parsing that is still exact: the status, the length,
 * the chunks. Tolerates any cut between two reads.
 */
export class ResponseReader {
  readonly #listener: ResponseListener
  #state: State = 'head'
  #head: Buffer | undefined
  #headText = ''
  #status = 0
  #keepAlive = true
  /** Bytes of the body, or of the current chunk, still to come. */
  #left = 0
  /** Digits of a chunk's size have been read. */
  #sized = false
  /** Characters of the current line of a trailer. */
  #lineLength = 0

  constructor(listener: ResponseListener) {
    this.#listener = listener
  }

  /** Whether it is in the middle of a response. */
  get isReading(): boolean {
    return this.#state !== 'head' || this.#head !== undefined
  }

  /** @throws Error when the bytes are no HTTP response, or more than one. */
  read(bytes: Buffer): void {
    let at = 0
    while (at < bytes.length) at = this.#step(bytes, at)
  }

  #step(bytes: Buffer, at: number): number {
    switch (this.#state) {
      case 'head':
        return this.#readHead(bytes, at)
      case 'length':
        return this.#readLength(bytes, at)
      case 'chunk-size':
        return this.#readChunkSize(bytes, at)
      case 'chunk-extension':
        // Extensions mean nothing to anybody; the line's end is the size's as well.
        if (bytes[at] !== LF) return at + 1
        this.#state = 'chunk-size'
        return at
      case 'chunk':
        return this.#readChunk(bytes, at)
      case 'chunk-end':
        if (bytes[at] === LF) this.#state = 'chunk-size'
        else if (bytes[at] !== CR) throw new Error('A chunk is longer than it says.')
        return at + 1
      case 'trailer':
        return this.#readTrailer(bytes, at)
    }
  }

  #readHead(bytes: Buffer, from: number): number {
    // The mark of the end may itself be cut in two, so what is there so far is searched again with what follows.
    const before = this.#head?.length ?? 0
    const whole = this.#head === undefined ? bytes : Buffer.concat([this.#head, bytes.subarray(from)])
    const begin = this.#head === undefined ? from : 0
    const end = whole.indexOf(HEAD_END, begin)
    if (end === -1) {
      if (whole.length - begin > LONGEST_HEAD) throw new Error('The head of a response does not end.')
      this.#head = Buffer.from(whole.subarray(begin))
      return bytes.length
    }
    this.#head = undefined
    this.#openBody(whole.toString('latin1', begin, end))
    return before === 0 ? end + HEAD_END.length : from + end + HEAD_END.length - before
  }

  #openBody(head: string): void {
    if (!head.startsWith('HTTP/1.1 ')) throw new Error(`Not a response: ${JSON.stringify(head.slice(0, 40))}`)
    const lower = head.toLowerCase()
    this.#headText = head
    this.#status = Number(head.slice(9, 12))
    this.#keepAlive = !lower.includes('\r\nconnection: close')
    if (lower.includes('\r\ntransfer-encoding: chunked')) {
      this.#beginChunk()
      return
    }
    const mark = '\r\ncontent-length:'
    const at = lower.indexOf(mark)
    if (at === -1) throw new Error('The response has neither a length nor chunks.')
    this.#left = Number.parseInt(lower.slice(at + mark.length), 10)
    this.#state = 'length'
    if (this.#left === 0) this.#finish()
  }

  #readLength(bytes: Buffer, at: number): number {
    const end = Math.min(at + this.#left, bytes.length)
    this.#left -= end - at
    this.#listener.body?.(bytes.subarray(at, end))
    if (this.#left === 0) {
      refuseMore(bytes, end)
      this.#finish()
    }
    return end
  }

  #beginChunk(): void {
    this.#state = 'chunk-size'
    this.#left = 0
    this.#sized = false
  }

  #readChunkSize(bytes: Buffer, from: number): number {
    for (let at = from; at < bytes.length; at += 1) {
      const byte = bytes[at] ?? 0
      if (byte === LF) {
        if (!this.#sized) throw new Error('A chunk does not say its size.')
        this.#state = this.#left === 0 ? 'trailer' : 'chunk'
        this.#lineLength = 0
        return at + 1
      }
      const digit = hexDigit(byte)
      if (digit !== -1) {
        this.#left = this.#left * 16 + digit
        this.#sized = true
      } else if (byte === SEMICOLON) {
        this.#state = 'chunk-extension'
        return at + 1
      } else if (byte !== CR) {
        throw new Error('The size of a chunk is no number.')
      }
    }
    return bytes.length
  }

  #readChunk(bytes: Buffer, at: number): number {
    const end = Math.min(at + this.#left, bytes.length)
    this.#left -= end - at
    this.#listener.body?.(bytes.subarray(at, end))
    if (this.#left === 0) {
      this.#state = 'chunk-end'
      this.#sized = false
    }
    return end
  }

  /** The lines after the last chunk, of which an empty one is the end. */
  #readTrailer(bytes: Buffer, at: number): number {
    const byte = bytes[at]
    if (byte === LF && this.#lineLength === 0) {
      refuseMore(bytes, at + 1)
      this.#finish()
    } else if (byte === LF) {
      this.#lineLength = 0
    } else if (byte !== CR) {
      this.#lineLength += 1
    }
    return at + 1
  }

  #finish(): void {
    this.#state = 'head'
    this.#listener.end({ status: this.#status, head: this.#headText, keepAlive: this.#keepAlive })
  }
}

/** One request at a time was sent, so there is nothing a server could say after its answer. */
function refuseMore(bytes: Buffer, end: number): void {
  if (end < bytes.length) throw new Error('There are bytes after the end of the response.')
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48
  const letter = byte | 32
  return letter >= 97 && letter <= 102 ? letter - 87 : -1
}
