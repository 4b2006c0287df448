import type { Failure } from '../failure.ts'
import { badReply } from '../providers/bad-reply.ts'
import type { Reply } from '../providers/provider.ts'
import type { Bytes, Headers } from '../transport.ts'
import { asBuffer } from '../bytes/scan-object.ts'

/** The largest JSON answer we hold in memory, in bytes. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024

/** Collects a whole reply, up to a limit. */
export class ReplyCollector {
  readonly #status: number
  readonly #headers: Headers
  readonly #chunks: Bytes[] = []
  readonly #limit: number
  #bytes = 0

  constructor(status: number, headers: Headers, limit = MAX_ANSWER_BYTES) {
    this.#status = status
    this.#headers = headers
    this.#limit = limit
  }

  /** Returns a failure when the reply has become too large to be one. */
  add(chunk: Bytes): Failure | undefined {
    this.#bytes += chunk.length
    if (this.#bytes > this.#limit) return badReply(`sent an answer of more than ${this.#limit} bytes`)
    this.#chunks.push(chunk)
    return undefined
  }

  reply(): Reply {
    const only = this.#chunks.length === 1 ? this.#chunks[0] : undefined
    const body = withoutMark(asBuffer(only ?? Buffer.concat(this.#chunks)))
    return { status: this.#status, headers: this.#headers, body }
  }
}

/** Without a byte order mark, which no parser of JSON takes. */
const withoutMark = (body: Buffer): Buffer =>
  body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? body.subarray(3) : body

/** A reply whose body we could only read after decompressing it, which we never ask for. */
export function refusesEncoding(headers: Headers): Failure | undefined {
  const encoding = headers['content-encoding']
  if (encoding === undefined || NO_ENCODING.test(encoding)) return undefined
  return badReply('sent a compressed answer that was not asked for')
}

/** Nothing is compressed by these: some name the charset of a text in this place, or that there is no encoding. */
const NO_ENCODING = /^\s*(?:identity|none|utf-?8|us-ascii|iso-8859-1)?\s*$/i

export const isEventStream = (headers: Headers): boolean =>
  headers['content-type']?.toLowerCase().startsWith('text/event-stream') === true

export const isSuccess = (status: number): boolean => status >= 200 && status < 300
