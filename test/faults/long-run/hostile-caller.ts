import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parentPort } from 'node:worker_threads'
import { hostileBodies } from './hostile-bodies.ts'

// Runs in a thread of its own, so that what it makes, sends and takes in costs nobody else's time: a caller that means
// harm, and the upstream that its requests reach.

/** What it is to send, once. */
export interface Harm {
  readonly kind: string
  readonly origin: string
  readonly key: string
}

/** What came of it: the status, 0 when the connection broke, and how long the body was. */
export interface Harmed {
  readonly status: number
  readonly bytes: number
}

const said = '{"error":{"type":"invalid_request_error","message":"No.","code":400,"status":"INVALID_ARGUMENT"}}'

const upstream = createServer((asked, answer) => {
  asked.resume().on('end', () => answer.writeHead(400, { 'content-type': 'application/json' }).end(said))
})

let made: { readonly kind: string; readonly body: Buffer } | undefined

function bodyOf(kind: string): Buffer {
  // One at a time: they are large.
  if (made?.kind !== kind) made = { kind, body: Buffer.from(hostileBodies[kind]?.body() ?? '') }
  return made.body
}

async function harm({ kind, origin, key }: Harm): Promise<Harmed> {
  const body = bodyOf(kind)
  const headers = { authorization: `Bearer ${key}`, 'content-length': body.length, connection: 'close' }
  return new Promise((resolve) => {
    const end = (status = 0): void => resolve({ status, bytes: body.length })
    const asking = request(origin + (hostileBodies[kind]?.path ?? ''), { method: 'POST', headers }, (response) => {
      response
        .resume()
        .on('error', () => end())
        .on('end', () => end(response.statusCode))
    })
    asking.on('error', () => end()).end(body)
  })
}

upstream.listen(0, '127.0.0.1')
await once(upstream, 'listening')
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort?.postMessage((upstream.address() as AddressInfo).port)
parentPort?.on('message', (asked: Harm) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  void harm(asked).then((harmed) => parentPort?.postMessage(harmed))
})
