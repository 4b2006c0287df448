import type { IncomingMessage } from 'node:http'
import { SpekaError } from '@speka/core'

/** The largest chat request: room for images in base64. */
export const MAX_BODY_BYTES = 32 * 1024 * 1024

/**
 * The whole body of a request.
 *
 * @throws SpekaError `request_too_large`, as soon as it is certain; `client_closed_request` when the client goes away.
 */
export function readBody(request: IncomingMessage, limit = MAX_BODY_BYTES): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > limit) {
      reject(tooLarge(limit))
      return
    }
    const chunks: Buffer[] = []
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > limit) {
        request.pause()
        reject(tooLarge(limit))
      } else {
        chunks.push(chunk)
      }
    })
    request.on('end', () => {
      const only = chunks.length === 1 ? chunks[0] : undefined
      resolve(only ?? Buffer.concat(chunks))
    })
    request.on('close', () => {
      if (!request.complete)
        reject(new SpekaError('client_closed_request', 'The client closed the connection while sending.'))
    })
    request.on('error', (cause) =>
      reject(new SpekaError('client_closed_request', 'The request could not be read.', { cause })),
    )
  })
}

const tooLarge = (limit: number): SpekaError =>
  new SpekaError(
    'request_too_large',
    `The request body is larger than ${limit / 1024 / 1024} MiB. Send less, for example smaller images.`,
  )
