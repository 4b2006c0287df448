import type { IncomingMessage, ServerResponse } from 'node:http'
import { SpekaError, type OperationName } from '@speka/core'
import { decisiveMembersOf, FormBody } from '@speka/core/internal'
import { noteBody } from './body-memory.ts'
import { formFile } from './form-file.ts'

/**
 * A request's form, as far as it is held before a target is chosen. The rest is taken from the socket as it is sent on. One whose model
 * stands behind a long file is put into a file without a name first. Clients that ask first (`Expect: 100-continue`) are told to send it.
 *
 * @param limit in bytes.
 * @throws SpekaError `request_too_large`, as soon as it is certain; `client_closed_request` when the client goes away; what
 *   {@link FormBody.open} finds.
 */
export async function openForm(
  request: IncomingMessage,
  response: ServerResponse,
  endpoint: OperationName,
  limit: number,
): Promise<FormBody> {
  const { expect, 'content-length': told, 'content-type': contentType = '' } = request.headers
  const length = told === undefined ? undefined : Number(told)
  if ((length ?? 0) > limit)
    throw new SpekaError(
      'request_too_large',
      `The form is larger than ${limit / 1024 / 1024} MiB. Send a smaller file, or cut it in several.`,
    )
  if (expect !== undefined && request.httpVersion === '1.1') response.writeContinue()
  const decides = decisiveMembersOf(endpoint)
  return FormBody.open(chunksOf(request), contentType, { limit, length, decides, store: () => formFile(response) })
}

/** What comes, and an error of ours when it does not. The socket stays open when nobody reads on: an answer is still to be written. */
async function* chunksOf(request: IncomingMessage): AsyncGenerator<Buffer, void> {
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      yield chunk as Buffer
      noteBody((chunk as Buffer).length)
    }
  } catch (cause) {
    throw new SpekaError('client_closed_request', 'The client closed the connection while sending.', { cause })
  }
}
