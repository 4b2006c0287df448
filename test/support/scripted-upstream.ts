import { createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { Script, SeenRequest, Step } from './script.ts'
import { sayHello } from './scripted-answers.ts'

export type { Script, SeenRequest, Step } from './script.ts'
export * from './scripted-answers.ts'

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
  /** Sets what is said to requests whose path begins so, as soon as their head has come. Their body is left unread. */
  onHead(path: string, script: readonly Step[]): void
  /** Forgets what was seen. */
  clear(): void
  close(): Promise<void>
}

/** Starts one on a free port, or on `port`. Without a script it {@link sayHello says hello}. */
export async function startScriptedUpstream(script: Script = sayHello, port = 0): Promise<ScriptedUpstream> {
  const scripts = new Map<string, Script>([['*', script]])
  const early = new Map<string, readonly Step[]>()
  const seen: Mutable<SeenRequest>[] = []
  const sockets = new Set<Socket>()
  const arrivals: (() => void)[] = []

  const note = (request: Mutable<SeenRequest>): void => {
    seen.push(request)
    for (const tell of arrivals.splice(0)) tell()
  }

  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket.unref())
    socket.on('close', () => sockets.delete(socket))
    // Resets are what this upstream is for.
    socket.on('error', () => {})
    serve(socket, {
      early: (path) => [...early].find(([start]) => path.startsWith(start))?.[1],
      script(request) {
        const found = scripts.get(request.model ?? '') ?? scripts.get('*') ?? []
        return typeof found === 'function' ? found(request) : found
      },
      note,
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
    onHead: (path, says) => void early.set(path, says),
    clear: () => void seen.splice(0),
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] }

interface Listener {
  /** What is said to a request before its body has come, if anything. */
  early(path: string): readonly Step[] | undefined
  script(request: SeenRequest): readonly Step[]
  note(request: Mutable<SeenRequest>): void
}

/** Cuts requests out of what arrives, one at a time, and plays a script to each. */
function serve(socket: Socket, listener: Listener): void {
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
    const head = cutHead(buffered)
    if (head === undefined) return
    const early = listener.early(head.path)
    if (early === undefined && buffered.length < head.end) return
    const body = early === undefined ? buffered.toString('utf8', head.bodyStart, head.end) : ''
    const request: Mutable<SeenRequest> = {
      method: head.method,
      path: head.path,
      headers: head.headers,
      body,
      model: modelIn(body),
      at: performance.now(),
      bytesWritten: 0,
      tokensWritten: 0,
      done: false,
      closed: undefined,
      whenClosed: () => closed,
    }
    playing = request
    listener.note(request)
    if (early !== undefined) socket.pause()
    const script = early ?? listener.script(request)
    void play(request, script, head.end).then(() => {
      buffered = buffered.subarray(head.end)
      serveNext()
    })
  }

  const play = async (request: Mutable<SeenRequest>, script: readonly Step[], end: number): Promise<void> => {
    for (const step of script) {
      if (socket.destroyed) return
      if (step === 'hang') await closed
      else if (step === 'read') {
        socket.resume()
        while (buffered.length < end && !socket.destroyed) await Promise.race([wait(1), closed])
      } else if (step === 'reset') {
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
        if (!socket.destroyed) {
          request.bytesWritten += bytes.length
          request.tokensWritten += step.tokens ?? 0
        }
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

/** The head of a request, once it has come whole, and where its body stands. */
function cutHead(bytes: Buffer) {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd === -1) return undefined
  const [start = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n')
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
  }
  const bodyStart = headEnd + 4
  const [method = '', path = ''] = start.split(' ')
  return { method, path, headers, bodyStart, end: bodyStart + Number(headers['content-length'] ?? 0) }
}

function modelIn(body: string): string | undefined {
  try {
    const { model } = JSON.parse(body) as { model?: unknown }
    return typeof model === 'string' ? model : undefined
  } catch {
    return undefined
  }
}
