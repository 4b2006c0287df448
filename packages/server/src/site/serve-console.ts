import { SpekaError } from '@speka/core'
import type { Visit } from '../http/exchange.ts'
import { respondFile } from './respond-file.ts'
import type { SiteParts } from './site-parts.ts'
import { pageHeaders } from './page-headers.ts'

const INDEX = 'index.html'

/** What is shown where the console was not built. */
const NOT_BUILT = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>The console is not built</title></head>
<body><main><h1>The console is not built</h1>
<p>Run <code>npm run build</code> in the folder of Speka, then start the gateway again.</p></main></body>
</html>
`

/**
 * `GET /console` and all below it: a file of the console, or its one page, which finds out itself what is asked of it.
 *
 * @throws SpekaError `unknown_url` for a file that there is not.
 */
export const serveConsole =
  ({ consoleFiles: files }: SiteParts) =>
  (visit: Visit): void => {
    const page = files?.get(INDEX)
    if (files === undefined || page === undefined) return respondNotBuilt(visit)
    const path = visit.path.replace(/^\/console\/?/, '')
    const file = files.get(path)
    if (file === undefined && path.startsWith('assets/'))
      throw new SpekaError('unknown_url', 'The console has no such file. Load the page again.')
    respondFile(visit, file ?? page)
  }

function respondNotBuilt({ id, request, response }: Visit): void {
  const body = Buffer.from(NOT_BUILT)
  response.writeHead(503, {
    ...pageHeaders(),
    'x-request-id': id,
    'content-type': 'text/html; charset=utf-8',
    'content-length': body.length,
    'cache-control': 'no-store',
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}
