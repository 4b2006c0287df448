import type { IncomingMessage, ServerResponse } from 'node:http'
import { SpekaError } from '@speka/core'
import { noteBody } from './body-memory.ts'

/** Bodies up to this many bytes go with what else a request leaves behind: nobody need count them. */
const SMALL_BYTES = 8 * 1024

/** Chunks of up to this many bytes are put together in no time. */
const PUT_TOGETHER_BYTES = 1024 * 1024

/** Room for a body of that length, with the chunks that have come in their place. */
function begun(chunks: Buffer[], length: number): Buffer {
  const whole = Buffer.allocUnsafeSlow(length)
  let at = 0
  for (const chunk of chunks.splice(0)) at += chunk.copy(whole, at)
  return whole
}

/**
 * The whole body of a request. Clients that ask first (`Expect: 100-continue`) are told to send it.
 *
 * @param limit in bytes.
 * @throws SpekaError `request_too_large`, as soon as it is certain; `client_closed_request` when the client goes away.
 */
export function readBody(request: IncomingMessage, response: ServerResponse, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const length = Number(request.headers['content-length'] ?? 0)
    if (length > limit) {
      reject(tooLarge(limit))
      return
    }
    // Its events have been and gone: nothing would ever be heard.
    if (request.destroyed) {
      reject(left())
      return
    }
    const chunks: Buffer[] = []
    /** Where the chunks of a large body go as they come: putting them together in the end would hold up everybody. */
    let whole: Buffer | undefined
    let bytes = 0
    const take = (chunk: Buffer): void => {
      const start = bytes
      bytes += chunk.length
      if (bytes <= limit) {
        if (whole !== undefined) chunk.copy(whole, start)
        else chunks.push(chunk)
        // Not before some of it is there: anybody can say how long a body is going to be.
        if (whole === undefined && bytes > PUT_TOGETHER_BYTES && bytes <= length) whole = begun(chunks, length)
        return
      }
      chunks.length = 0
      whole = undefined
      request.off('data', take)
      reject(tooLarge(limit))
    }
    request.on('data', take)
    request.on('end', () => {
      const only = chunks.length === 1 ? chunks[0] : undefined
      resolve(whole ?? only ?? Buffer.concat(chunks))
      // The request lives as long as its response, and would keep them.
      chunks.length = 0
      if (bytes > SMALL_BYTES) noteBody(bytes)
    })
    request.on('close', () => {
      if (!request.complete) reject(left())
    })
    request.on('error', (cause) => reject(left(cause)))
    if (request.headers.expect !== undefined && request.httpVersion === '1.1') response.writeContinue()
  })
}

const left = (cause?: unknown): SpekaError =>
  new SpekaError('client_closed_request', 'The client closed the connection while sending.', { cause })

const tooLarge = (limit: number): SpekaError =>
  new SpekaError(
    'request_too_large',
    `The request body is larger than ${limit / 1024 / 1024} MiB. Send less, for example smaller images.`,
  )
