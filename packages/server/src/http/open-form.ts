import type { IncomingMessage, ServerResponse } from 'node:http'
import { SpekaError } from '@speka/core'
import { FormBody } from '@speka/core/internal'

/**
 * A request's form, as far as it is held before a target is chosen. The rest is taken from the socket as it is sent on. Clients that ask
 * first (`Expect: 100-continue`) are told to send it.
 *
 * @param limit in bytes.
 * @throws SpekaError `request_too_large`, as soon as it is certain; `client_closed_request` when the client goes away; what
 *   {@link FormBody.open} finds.
 */
export async function openForm(request: IncomingMessage, response: ServerResponse, limit: number): Promise<FormBody> {
  if (Number(request.headers['content-length'] ?? 0) > limit)
    throw new SpekaError(
      'request_too_large',
      `The form is larger than ${limit / 1024 / 1024} MiB. Send a smaller file, or cut it in several.`,
    )
  if (request.headers.expect !== undefined && request.httpVersion === '1.1') response.writeContinue()
  return FormBody.open(chunksOf(request), request.headers['content-type'] ?? '', limit)
}

/** What comes, and an error of ours when it does not. The socket stays open when nobody reads on: an answer is still to be written. */
async function* chunksOf(request: IncomingMessage): AsyncGenerator<Buffer, void> {
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) yield chunk as Buffer
  } catch (cause) {
    throw new SpekaError('client_closed_request', 'The client closed the connection while sending.', { cause })
  }
}
