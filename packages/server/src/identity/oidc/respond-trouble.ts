import type { SpekaError } from '@speka/core'
import { createHash } from 'node:crypto'
import { escapeHtml } from '../../billing/escape-html.ts'
import type { Visit } from '../../http/exchange.ts'
import { pageHeaders } from '../../site/page-headers.ts'

/** All that the page loads: a listener may serve neither the console's style sheet nor that of the public pages. */
const STYLE = `:root { color-scheme: light dark }
body { margin: 0; background: light-dark(#f6f7f9, #0e1116); color: light-dark(#16191f, #e8ebf0); font: 16px/1.55 system-ui, sans-serif; overflow-wrap: anywhere }
main { max-width: 32rem; margin: 12vh auto 2rem; padding: 0 1.25rem }
h1 { margin: 0 0 0.5rem; font-size: 1.6rem; line-height: 1.2 }
a { color: light-dark(#1c58c4, #86b2ff) }
small { color: light-dark(#4d5766, #a3adbb) }`

/** Of what stands in a page, a browser takes what the header names by its digest, and nothing else. */
const policy = pageHeaders()['content-security-policy']?.replace(
  "style-src 'self'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
)

/** Tells somebody who wanted to sign in what went wrong, on a page that needs nothing else. */
export function respondTrouble({ id, request, response }: Visit, error: SpekaError, cookies: readonly string[]): void {
  const body = Buffer.from(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Not signed in</title><style>${STYLE}</style></head>
<body><main><h1>Not signed in</h1>
<p>${escapeHtml(error.message)}</p>
<p><a href="/console">Back to where one signs in</a></p>
<p><small>Request ${escapeHtml(id)}</small></p></main></body>
</html>
`)
  response.writeHead(error.status, {
    ...pageHeaders(),
    ...(policy === undefined ? {} : { 'content-security-policy': policy }),
    'x-request-id': id,
    'content-type': 'text/html; charset=utf-8',
    'content-length': body.length,
    'cache-control': 'no-store',
    ...(cookies.length === 0 ? {} : { 'set-cookie': [...cookies] }),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}
