import type { SpekaError } from '@speka/core'
import { escapeHtml } from '../../billing/escape-html.ts'
import type { Visit } from '../../http/exchange.ts'
import { pageHeaders } from '../../site/page-headers.ts'

/** Tells somebody who wanted to sign in what went wrong, on a page that needs nothing else. */
export function respondTrouble({ id, request, response }: Visit, error: SpekaError, cookies: readonly string[]): void {
  const body = Buffer.from(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Not signed in</title></head>
<body><main><h1>Not signed in</h1>
<p>${escapeHtml(error.message)}</p>
<p><a href="/console">Back to where one signs in</a></p>
<p><small>${escapeHtml(id)}</small></p></main></body>
</html>
`)
  response.writeHead(error.status, {
    ...pageHeaders(),
    'x-request-id': id,
    'content-type': 'text/html; charset=utf-8',
    'content-length': body.length,
    'cache-control': 'no-store',
    ...(cookies.length === 0 ? {} : { 'set-cookie': [...cookies] }),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}
