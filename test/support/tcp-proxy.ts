import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

/** How a line is. */
export type LineState =
  /** What comes goes through. */
  | 'open'
  /** Nothing comes through and nothing is lost, as where packets are dropped on the way: it arrives when the line is open again. */
  | 'silent'
  /** Who connects is turned away. */
  | 'refusing'

/** A port that leads to another one, over a line that can be slow, silent or cut. */
export interface TcpProxy {
  readonly port: number
  /** Connections that are open now. */
  readonly connections: number
  /** Makes the line so from now on. Connections stay until they are {@link cut}. */
  set(state: LineState): void
  /** Lets everything come so much later, in each direction. */
  delay(ms: number): void
  /** Resets every connection. New ones are treated as the line's state says. */
  cut(): void
  close(): Promise<void>
}

/** Opens a line to a port of this machine. @param onCount told how many connections are open, whenever that changes. */
export async function openTcpProxy(to: number, onCount: (connections: number) => void = () => {}): Promise<TcpProxy> {
  let state: LineState = 'open'
  let opened = Promise.withResolvers<void>()
  opened.resolve()
  let delayMs = 0
  const sockets = new Set<Socket>()

  function keep(socket: Socket): Socket {
    sockets.add(socket)
    onCount(Math.ceil(sockets.size / 2))
    socket.on('error', () => {})
    socket.on('close', () => {
      sockets.delete(socket)
      onCount(Math.ceil(sockets.size / 2))
    })
    return socket.setNoDelay()
  }

  /** Carries what one end says to the other, in order and no sooner than the line lets it. */
  function carry(from: Socket, into: Socket): void {
    let last: Promise<void> = Promise.resolve()
    const inTurn = (arrive: () => void): void => {
      const dueAt = performance.now() + delayMs
      last = last.then(async () => {
        const early = dueAt - performance.now()
        if (early > 0) await wait(early)
        await opened.promise
        if (!into.destroyed) arrive()
      })
    }
    from.on('data', (bytes) => inTurn(() => into.write(bytes)))
    from.on('end', () => inTurn(() => into.end()))
    from.on('close', () => inTurn(() => into.destroy()))
  }

  const server = createServer({ allowHalfOpen: true }, (near) => {
    keep(near)
    if (state === 'refusing') {
      near.resetAndDestroy()
      return
    }
    const far = keep(connect({ port: to, host: '127.0.0.1', allowHalfOpen: true }))
    carry(near, far)
    carry(far, near)
  })
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, resolve),
  )

  function cut(): void {
    for (const socket of sockets) socket.resetAndDestroy()
  }

  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return sockets.size / 2
    },
    set(next) {
      if (next === 'silent' && state !== 'silent') opened = Promise.withResolvers()
      state = next
      if (next !== 'silent') opened.resolve()
    },
    delay: (ms) => void (delayMs = ms),
    cut,
    async close() {
      opened.resolve()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      cut()
      await closed
    },
  }
}
