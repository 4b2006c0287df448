import type { ServerResponse } from 'node:http'
import type { RequestId, SpekaError } from '@speka/core'
import { ERROR } from './schemas.ts'

/** Where SCIM is. */
export const SCIM_PATH = '/scim/v2/*'

export const isScimPath = (path: string): boolean => path.startsWith(SCIM_PATH.slice(0, -1))

/** Answers with a resource or a list. */
export function respondScim(
  response: ServerResponse,
  id: RequestId,
  status: number,
  body: object | undefined,
  location?: string,
): void {
  if (response.headersSent || response.destroyed) return
  const text = body === undefined ? undefined : JSON.stringify(body)
  response.writeHead(status, {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': id,
    ...(text !== undefined && {
      'content-type': 'application/scim+json',
      'content-length': Buffer.byteLength(text),
    }),
    ...(location !== undefined && { location }),
  })
  response.end(text)
}

/** What went wrong, in the envelope that SCIM has for it. RFC 7644, section 3.12. */
export function respondScimError(response: ServerResponse, id: RequestId, error: SpekaError): void {
  const { status, message, retryAfterMs } = error
  if (retryAfterMs !== undefined && !response.headersSent)
    response.setHeader('retry-after', String(Math.ceil(retryAfterMs / 1000)))
  const scimType = scimTypeOf(error)
  const said = { schemas: [ERROR], status: String(status), detail: message }
  respondScim(response, id, status, scimType === undefined ? said : { ...said, scimType })
}

function scimTypeOf({ code, param }: SpekaError): string | undefined {
  if (code === 'invalid_json') return 'invalidSyntax'
  // One that names a field is about what must be there once.
  if (code === 'conflict') return param === undefined ? undefined : 'uniqueness'
  if (code !== 'invalid_value') return undefined
  if (param === 'filter') return 'invalidFilter'
  return param === 'path' ? 'invalidPath' : 'invalidValue'
}
