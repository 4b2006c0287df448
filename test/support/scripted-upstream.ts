import { createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

/** One thing an upstream does with its connection. A script that runs out leaves the connection open for the next request. */
export type Step =
  /** These bytes, and nothing else until the kernel has taken them. */
  | { readonly write: string | Uint8Array }
  | { readonly sleepMs: number }
  /** Waits for something that the test decides. */
  | { readonly until: Promise<unknown> }
  /** A clean close. */
  | 'end'
  /** A reset connection. */
  | 'reset'
  /** Silence, until the other side closes. */
  | 'hang'

/** What to do with a request, decided when it has arrived whole. */
export type Script = readonly Step[] | ((request: SeenRequest) => readonly Step[])

/** A request as it arrived, and what became of its connection. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  /** Names in lower case; of several with one name the last. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The `model` of a JSON body. */
  readonly model: string | undefined
  /** When it had arrived, by `performance.now()`. */
  readonly at: number
  /** Bytes of the script that the kernel has taken. */
  readonly bytesWritten: number
  /** Whether the script ran to its end. */
  readonly done: boolean
  /** When its connection was closed, and by whom. */
  readonly closed: { readonly at: number; readonly by: 'gateway' | 'script' } | undefined
  /** Resolves when its connection is closed. */
  whenClosed(): Promise<void>
}

/** An upstream of bytes: it says what its script says, right or wrong, and remembers what it was asked. */
export interface ScriptedUpstream {
  readonly port: number
  readonly baseURL: string
  /** Every request, in the order of arrival. */
  readonly seen: readonly SeenRequest[]
  /** Connections that are open now. */
  readonly connections: number
  /** Resolves with the request of that index, when it has arrived. */
  request(index: number): Promise<SeenRequest>
  /** Sets what is said to requests for `model`; `*`: to all that have no script of their own. */
  on(model: string, script: Script): void
  /** Forgets what was seen. */
  clear(): void
  close(): Promise<void>
}

/** Starts one on a free port, or on `port`. Without a script it answers with {@link completion}. */
export async function startScriptedUpstream(script: Script = sayHello, port = 0): Promise<ScriptedUpstream> {
  const scripts = new Map<string, Script>([['*', script]])
  const seen: Mutable<SeenRequest>[] = []
  const sockets = new Set<Socket>()
  const arrivals: (() => void)[] = []

  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket.unref())
    socket.on('close', () => sockets.delete(socket))
    // Resets are what this upstream is for.
    socket.on('error', () => {})
    serve(socket, (request) => {
      seen.push(request)
      for (const tell of arrivals.splice(0)) tell()
      const found = scripts.get(request.model ?? '') ?? scripts.get('*') ?? []
      return typeof found === 'function' ? found(request) : found
    })
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  const address = server.unref().address() as AddressInfo

  return {
    port: address.port,
    baseURL: `http://127.0.0.1:${address.port}/v1`,
    seen,
    get connections() {
      return sockets.size
    },
    async request(index) {
      for (;;) {
        const request = seen[index]
        if (request !== undefined) return request
        await new Promise<void>((resolve) => arrivals.push(resolve))
      }
    },
    on: (model, says) => void scripts.set(model, says),
    clear: () => void seen.splice(0),
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] }

/** Cuts requests out of what arrives, one at a time, and plays a script to each. */
function serve(socket: Socket, scriptOf: (request: Mutable<SeenRequest>) => readonly Step[]): void {
  let buffered: Buffer = Buffer.alloc(0)
  let playing: Mutable<SeenRequest> | undefined
  let closedByScript = false
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      if (playing !== undefined) playing.closed = { at: performance.now(), by: closedByScript ? 'script' : 'gateway' }
      resolve()
    })
  })

  const serveNext = (): void => {
    if (playing !== undefined && !playing.done) return
    const cut = cutRequest(buffered)
    if (cut === undefined) return
    buffered = cut.rest
    const request: Mutable<SeenRequest> = {
      ...cut.request,
      at: performance.now(),
      bytesWritten: 0,
      done: false,
      closed: undefined,
      whenClosed: () => closed,
    }
    playing = request
    void play(request).then(() => serveNext())
  }

  const play = async (request: Mutable<SeenRequest>): Promise<void> => {
    for (const step of scriptOf(request)) {
      if (socket.destroyed) return
      if (step === 'hang') await closed
      else if (step === 'reset') {
        closedByScript = true
        socket.resetAndDestroy()
      } else if (step === 'end') {
        closedByScript = true
        socket.end()
        await closed
      } else if ('sleepMs' in step) await Promise.race([wait(step.sleepMs), closed])
      else if ('until' in step) await Promise.race([step.until, closed])
      else {
        const bytes = Buffer.from(step.write)
        const taken = new Promise<void>((resolve) => socket.write(bytes, () => resolve()))
        await Promise.race([taken, closed])
        if (!socket.destroyed) request.bytesWritten += bytes.length
      }
    }
    request.done = !socket.destroyed
  }

  socket.on('data', (chunk) => {
    buffered = Buffer.concat([buffered, chunk])
    serveNext()
  })
  // A gateway that leaves closes its side; one that never reads again would be waited for in vain.
  socket.on('end', () => socket.destroy())
}

function cutRequest(bytes: Buffer) {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd === -1) return undefined
  const [start = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n')
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
  }
  const bodyStart = headEnd + 4
  const bodyEnd = bodyStart + Number(headers['content-length'] ?? 0)
  if (bytes.length < bodyEnd) return undefined
  const body = bytes.toString('utf8', bodyStart, bodyEnd)
  const [method = '', path = ''] = start.split(' ')
  return { request: { method, path, headers, body, model: modelIn(body) }, rest: bytes.subarray(bodyEnd) }
}

function modelIn(body: string): string | undefined {
  try {
    const { model } = JSON.parse(body) as { model?: unknown }
    return typeof model === 'string' ? model : undefined
  } catch {
    return undefined
  }
}

/** A whole response with a JSON body. */
export function json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Step[] {
  return whole(JSON.stringify(body), status, { 'content-type': 'application/json', ...headers })
}

/** A whole response with any body. */
export function whole(body: string, status = 200, headers: Readonly<Record<string, string>> = {}): Step[] {
  const all = { ...headers, 'content-length': `${Buffer.byteLength(body)}` }
  return [{ write: headOf(status, all) + body }]
}

function headOf(status: number, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} As Scripted\r\n${lines.join('')}\r\n`
}

/** The head of an event stream in HTTP chunks; {@link event} and {@link endOfStream} go with it. */
export const streamHead: Step = {
  write: headOf(200, { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' }),
}

/** Text as one HTTP chunk. */
const chunk = (text: string): Step => ({
  write: `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`,
})

/** One event as one HTTP chunk. */
export const event = (data: unknown): Step =>
  chunk(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`)

/** The last HTTP chunk: the response is over, the connection stays. */
const endOfStream: Step = { write: '0\r\n\r\n' }

const base = { id: 'chatcmpl-scripted', created: 1_700_000_000, model: 'scripted' }

/** How many tokens an answer says it used. */
export interface Counts {
  readonly input: number
  readonly output: number
}

const usageOf = ({ input, output }: Counts) => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
})

/** A chat answer as OpenAI gives it. */
export const completion = (content: string, counts: Counts = { input: 10, output: 5 }) => ({
  ...base,
  object: 'chat.completion',
  choices: [
    { index: 0, message: { role: 'assistant', content, refusal: null }, logprobs: null, finish_reason: 'stop' },
  ],
  usage: usageOf(counts),
})

/** One piece of a streamed chat answer. */
export const delta = (content: string, first = false) => ({
  ...base,
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta: { ...(first && { role: 'assistant' }), content }, finish_reason: null }],
})

/** The end of a streamed chat answer: finish, usage, end mark, end of the response. */
export const streamEnd = (counts: Counts = { input: 10, output: 5 }): Step[] => [
  event({ ...base, object: 'chat.completion.chunk', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
  event({ ...base, object: 'chat.completion.chunk', choices: [], usage: usageOf(counts) }),
  event('[DONE]'),
  endOfStream,
]

/** A whole streamed chat answer, with a pause before each piece. */
export const stream = (pieces: readonly string[], counts?: Counts, pauseMs = 0): Step[] => [
  streamHead,
  ...pieces.flatMap((piece, index): Step[] => [
    ...(pauseMs > 0 ? [{ sleepMs: pauseMs }] : []),
    event(delta(piece, index === 0)),
  ]),
  ...streamEnd(counts),
]

/** Answers in the way it was asked: streamed or not. */
export const sayHello = ({ body }: SeenRequest): Step[] =>
  body.includes('"stream":true') ? stream(['Hel', 'lo']) : json(completion('Hello'))
