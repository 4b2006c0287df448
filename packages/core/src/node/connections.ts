import type { LookupFunction, Socket } from 'node:net'
import { buildConnector, Client, type Dispatcher } from 'undici'
import { endlessHead, HEAD_END, HeadLimit, MOST_HEAD_BYTES } from './limit-head.ts'
import { InterimSkipper } from './skip-interim.ts'
import { writeAtOnce } from './write-at-once.ts'

/** Hears of one request, and can say whether it has heard the end. */
export interface Asking extends Dispatcher.DispatchHandler {
  readonly isOver: boolean
  /** Whether the head of the answer has come. */
  readonly hasHead: boolean
}

/** So many interim answers, such as `103 Early Hints`, may come before an answer. */
export const MOST_INTERIM = 64

/**
 * Connections to one origin: one for each request under way, kept for those to come. undici's own pool looks through all
 * that are busy for each request, which with thousands of open streams costs nearly as much as the request itself.
 */
export class Connections {
  readonly #origin: string
  readonly #options: Client.Options
  readonly #connect: buildConnector.connector
  readonly #all = new Set<Client>()
  /** The one that became idle last is taken first, so that those that nobody needs any more are closed in time. */
  readonly #idle: Connection[] = []
  #closed = false

  /**
   * @param connectMs how long a connection may take to open.
   * @param lookup how names are resolved. Default: as the machine does.
   */
  constructor(origin: string, connectMs: number, lookup?: LookupFunction) {
    this.#origin = origin
    // One for all: each connection may go on with a TLS session of another.
    this.#connect = buildConnector({ timeout: connectMs, allowH2: false, ...(lookup !== undefined && { lookup }) })
    this.#options = {
      headersTimeout: 0,
      bodyTimeout: 0,
      pipelining: 1,
      // With HTTP/2 on offer, requests to a host that does not take connections wait for each other's timeouts in line, and
      // those to one that does share a connection and what it breaks with.
      allowH2: false,
    }
  }

  /**
   * Sends a request. There is no limit: a hidden cap on connections would be a hidden cap on requests.
   *
   * @throws Error after {@link close}.
   */
  dispatch(options: Dispatcher.DispatchOptions, asking: Asking): void {
    if (this.#closed) throw new Error(`The connections to ${this.#origin} are closed.`)
    const connection = this.#idle.pop() ?? this.#open()
    connection.isIdle = false
    connection.waiting = asking
    connection.requests += 1
    // What cannot be sent at all ends here, and no drain follows.
    if (connection.client.dispatch(options, asking) || asking.isOver) this.#rest(connection)
  }

  /** Resolves when no request is under way any more. Later ones fail. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#all].map((client) => (client.destroyed ? undefined : client.close())))
  }

  #open(): Connection {
    const connection: Connection = { client: this.#client(() => connection), requests: 0, isIdle: false, isGone: false }
    const { client } = connection
    this.#all.add(client)
    client.on('drain', () => this.#rest(connection))
    client.on('disconnect', () => this.#dropIdle(connection))
    client.on('connectionError', () => this.#letGo(connection))
    return connection
  }

  #client(own: () => Connection): Client {
    return new Client(this.#origin, {
      ...this.#options,
      connect: (options, done) =>
        this.#connect(options, (...outcome) => {
          const [failure, socket] = outcome
          // Of a connection that failed there is no socket, whatever the type says.
          if (failure === null) {
            watchHeads(socket, own())
            writeAtOnce(socket)
          }
          done(...outcome)
        }),
    })
  }

  #rest(connection: Connection): void {
    if (connection.isIdle || connection.isGone) return
    connection.isIdle = true
    connection.waiting = undefined
    this.#idle.push(connection)
  }

  /** One that is closed while nobody uses it is no longer worth keeping. One in use opens again by itself. */
  #dropIdle(connection: Connection): void {
    const at = connection.isIdle ? this.#idle.indexOf(connection) : -1
    if (at === -1) return
    this.#idle.splice(at, 1)
    this.#letGo(connection)
  }

  /** Keeps no connection to a host that takes none: each request that failed would leave one. */
  #letGo(connection: Connection): void {
    const { client } = connection
    connection.isGone = true
    if (!this.#closed) void client.close().then(() => this.#all.delete(client))
  }
}

interface Connection {
  readonly client: Client
  /** The request under way. */
  waiting?: Asking | undefined
  /** How many there have been. */
  requests: number
  isIdle: boolean
  isGone: boolean
}

/** Where a status begins with `1`, if these are the bytes of a head. */
const FIRST_OF_STATUS = 'HTTP/1.1 '.length
const ONE = 0x31

/**
 * Has a socket leave out interim answers to the request under way, and break off a head without end. Its bytes are looked at as
 * they arrive, which is once for each read from the network: undici reads several times for every answer.
 */
function watchHeads(socket: Socket, connection: Connection): void {
  const { push } = socket
  let skipper: InterimSkipper | undefined
  let limit: HeadLimit | undefined
  let isInPieces = false
  const isEndless = (head: Buffer): boolean => {
    // Nearly every head comes whole.
    const within = head.length > MOST_HEAD_BYTES ? head.subarray(0, MOST_HEAD_BYTES) : head
    const isWhole = limit?.request !== connection.requests && within.includes(HEAD_END)
    return !isWhole && (limit ??= new HeadLimit()).isAbove(head, connection.requests)
  }
  const take = (bytes: Buffer): boolean => {
    if (!isInPieces && socket.readableLength + bytes.length > MOST_HEAD_BYTES) {
      isInPieces = true
      readInPieces(socket)
    }
    return push.call(socket, bytes)
  }
  socket.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    if (!Buffer.isBuffer(chunk)) return push.call(socket, chunk, encoding)
    if (connection.waiting?.hasHead !== false) return take(chunk)
    const mayBeInterim = chunk.length <= FIRST_OF_STATUS || chunk[FIRST_OF_STATUS] === ONE || skipper?.isWithin === true
    if (mayBeInterim) skipper ??= new InterimSkipper(MOST_INTERIM)
    const rest = mayBeInterim ? skipper?.rest(chunk, connection.requests) : chunk
    if (rest === undefined) return true
    if (isEndless(rest)) {
      socket.destroy(endlessHead())
      return false
    }
    return take(rest)
  }
}

/** Has a socket hand out no more at once than a head may have: so trailers without end are not worth much either. */
function readInPieces(socket: Socket): void {
  const { read } = socket
  socket.read = (size?: number): unknown =>
    read.call(socket, size === undefined && socket.readableLength > MOST_HEAD_BYTES ? MOST_HEAD_BYTES : size)
}
