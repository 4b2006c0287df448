import type { Visit } from '../http/exchange.ts'
import { pageHeaders } from './page-headers.ts'
import { isAmong } from './respond-file.ts'

/** A page as it is sent. */
export interface SentPage {
  readonly status: 200 | 404
  readonly type: string
  readonly body: Buffer
  readonly etag: string
}

/** Everybody gets the same page, so whoever stands between may keep it for a minute. */
const KEEP = 'public, max-age=60'

/** Sends a page; to who has it already, that he has. */
export function respondPage({ id, request, response }: Visit, { status, type, body, etag }: SentPage): void {
  const headers = { ...pageHeaders(), 'x-request-id': id, 'cache-control': KEEP, etag }
  if (status === 200 && isAmong(etag, request.headers['if-none-match'])) {
    response.writeHead(304, headers)
    response.end()
    return
  }
  response.writeHead(status, { ...headers, 'content-type': type, 'content-length': body.length })
  response.end(request.method === 'HEAD' ? undefined : body)
}
