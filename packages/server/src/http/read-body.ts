import type { IncomingMessage, ServerResponse } from 'node:http'
import { SpekaError } from '@speka/core'
import { noteBody } from './body-memory.ts'

/**
 * The whole body of a request. Clients that ask first (`Expect: 100-continue`) are told to send it.
 *
 * @param limit in bytes.
 * @throws SpekaError `request_too_large`, as soon as it is certain; `client_closed_request` when the client goes away.
 */
export function readBody(request: IncomingMessage, response: ServerResponse, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > limit) {
      reject(tooLarge(limit))
      return
    }
    // Its events have been and gone: nothing would ever be heard.
    if (request.destroyed) {
      reject(left())
      return
    }
    const chunks: Buffer[] = []
    let bytes = 0
    const take = (chunk: Buffer): void => {
      bytes += chunk.length
      if (bytes <= limit) {
        chunks.push(chunk)
        return
      }
      chunks.length = 0
      request.off('data', take)
      reject(tooLarge(limit))
    }
    request.on('data', take)
    request.on('end', () => {
      const only = chunks.length === 1 ? chunks[0] : undefined
      resolve(only ?? Buffer.concat(chunks))
      // The request lives as long as its response, and would keep them.
      chunks.length = 0
      noteBody(bytes)
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
