// The raw yardstick: what a proxy costs that does nothing but pass bytes on, made of the same parts as the gateway: `node:http` in, undici
// out. No key is checked, nothing is counted, priced or written down. Usage: yardstick.ts UPSTREAM_ORIGIN [WORKERS]
import cluster from 'node:cluster'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import { Pool, type Dispatcher } from 'undici'

const pool = new Pool(process.argv[2] ?? '', { connections: null, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 })

/** Headers that belong to one connection, or that whoever sends them works out. */
const OWN_HEADERS = ['connection', 'content-length', 'host', 'keep-alive', 'transfer-encoding'] as const

const server = createServer({ noDelay: true, keepAliveTimeout: 75_000 }, (request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = chunks.length === 1 ? (chunks[0] ?? null) : Buffer.concat(chunks)
    const { method = 'GET', url: path = '/' } = request
    const headers = passedOn(request.headers)
    pool.dispatch({ method: method as Dispatcher.HttpMethod, path, headers, body }, new Relay(response))
  })
})

/** Streams an answer through, as fast as the caller reads it. */
class Relay implements Dispatcher.DispatchHandler {
  readonly #response: ServerResponse

  constructor(response: ServerResponse) {
    this.#response = response
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#response.on('drain', () => controller.resume())
    this.#response.on('close', () => {
      if (!this.#response.writableFinished) controller.abort(new Error('The caller has gone.'))
    })
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    const length = headers['content-length']
    this.#response.writeHead(status, {
      ...passedOn(headers),
      ...(length !== undefined && { 'content-length': length }),
    })
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#response.write(chunk)) controller.pause()
  }

  onResponseEnd(): void {
    this.#response.end()
  }

  onResponseError(): void {
    this.#response.destroy()
  }
}

function passedOn(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const passed = { ...headers }
  for (const name of OWN_HEADERS) delete passed[name]
  return passed
}

const workers = Number(process.argv[3] ?? 1)

if (workers > 1 && cluster.isPrimary) {
  let listening = 0
  cluster.on('listening', (_, { port }) => {
    listening += 1
    if (listening === workers) process.send?.({ port })
  })
  for (let started = 0; started < workers; started += 1) cluster.fork()
} else {
  server.listen({ host: '127.0.0.1', port: 0, backlog: 1024 }, () => {
    const address = server.address()
    if (cluster.isPrimary) process.send?.({ port: typeof address === 'object' ? address?.port : undefined })
  })
}
