import type { Visit } from '../http/exchange.ts'
import { pageHeaders } from './page-headers.ts'
import type { StaticFile } from './static-files.ts'

const A_YEAR = 'public, max-age=31536000, immutable'

/** Sends a file, compressed where it is there so and the browser takes it; to who has it already, that he has. */
export function respondFile({ id, request, response }: Visit, file: StaticFile): void {
  const isGzipped = file.gzipped !== undefined && takesGzip(request.headers['accept-encoding'])
  const body = isGzipped ? file.gzipped : file.body
  // The two are not the same bytes: RFC 9110, section 8.8.3.3.
  const etag = isGzipped ? file.etag.replace(/"$/, '-gz"') : file.etag
  const headers = {
    ...pageHeaders(),
    'x-request-id': id,
    'cache-control': file.isImmutable ? A_YEAR : 'no-cache',
    etag,
    ...(file.gzipped === undefined ? {} : { vary: 'accept-encoding' }),
  }
  if (isAmong(etag, request.headers['if-none-match'])) {
    response.writeHead(304, headers)
    response.end()
    return
  }
  response.writeHead(200, {
    ...headers,
    'content-type': file.type,
    'content-length': body.length,
    ...(isGzipped ? { 'content-encoding': 'gzip' } : {}),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** Whether gzip is among what is taken, and not with a weight of nothing. RFC 9110, section 12.5.3. */
function takesGzip(accepted: string | string[] | undefined = ''): boolean {
  const asked = String(accepted).toLowerCase().split(',')
  return asked.some((one) => /^\s*gzip\s*(?:;|$)/.test(one) && !/;\s*q=0(?:\.0*)?\s*$/.test(one))
}

/** Whether a tag is among those that somebody has. RFC 9110, section 13.1.2. */
export const isAmong = (etag: string, known = ''): boolean =>
  known.split(',').some((one) => ['*', etag, `W/${etag}`].includes(one.trim()))
