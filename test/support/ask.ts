import { request, type IncomingHttpHeaders } from 'node:http'

/** One answer, whole. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly json: Readonly<Record<string, unknown>>
}

/** What is asked. Unlike `fetch`, it says every header as it is given, `host` and `sec-fetch-site` too, and every path as it stands. */
export interface Asked {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: object | undefined
}

/** Asks an origin, as in `http://127.0.0.1:7735`. */
export function ask(origin: string, { method = 'GET', path, headers = {}, body }: Asked): Promise<Answer> {
  const { hostname, port } = new URL(origin)
  const text = body === undefined ? undefined : JSON.stringify(body)
  const type =
    text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
  return new Promise((resolve, reject) => {
    const options = { hostname, port, method, path, headers: { ...type, ...headers }, agent: false }
    const asked = request(options, (response) => {
      let got = ''
      response.setEncoding('utf8').on('data', (piece: string) => (got += piece))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: got, json: jsonIn(got) }),
      )
    })
    asked.on('error', reject)
    asked.end(text)
  })
}

const jsonIn = (text: string): Record<string, unknown> =>
  text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {}
