import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { Books, Refused, type StripeObject } from './books.ts'
import { readForm, type Form } from './form.ts'

/** What happens to a call: it is lost on its way, or is carried out and its reply is lost, or all is well. */
export type Fault = 'lost before' | 'lost behind' | 'none'

/** A call as it came. */
export interface StripeCall {
  readonly method: string
  readonly path: string
  readonly form: Form
  /** What it was sent as: its query, or its body. */
  readonly sent: string
  readonly key: string | undefined
}

interface KeptReply {
  readonly fingerprint: string
  readonly status: number
  readonly body: string
}

export interface StripeServer {
  readonly url: string
  readonly books: Books
  /** Every call that was carried out, or came to nothing; not those that were lost on their way. */
  readonly calls: StripeCall[]
  /** Decides over each call, by its number from 1. Default: all is well. */
  fault: (n: number, call: StripeCall) => Fault
  /** Lets a day pass, after which Stripe knows no key any more. */
  forgetKeys(): void
  close(): Promise<void>
}

/** The signing secret of its messages. */
export const WEBHOOK_SECRET = 'whsec_of_the_tests'

/** A key it takes. It takes any. */
export const SECRET_KEY = ['sk', 'test', 'ofTheTests'].join('_')

/**
 * Stripe, as far as the hand-over of invoices and their payment go, on a port of its own: with its books in memory, with its
 * rules for idempotency keys, and with replies that can be lost after the call was carried out.
 *
 * @param now in ms since the epoch
 */
export async function startStripe(now: () => number = Date.now, port = 0): Promise<StripeServer> {
  const books = new Books(() => Math.floor(now() / 1000))
  const calls: StripeCall[] = []
  const replies = new Map<string, KeptReply>()
  let n = 0
  const server = createServer((request, response) => {
    void answer(request, response)
  })
  const itself: StripeServer = {
    url: '',
    books,
    calls,
    fault: () => 'none',
    forgetKeys: () => replies.clear(),
    close: () => close(server),
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = '', query = ''] = (request.url ?? '').split('?')
    const body = await text(request)
    const sent = body === '' ? query : body
    const method = request.method ?? ''
    const key = request.headers['idempotency-key']
    const call = {
      method,
      path,
      form: readForm(sent),
      sent,
      key: key === undefined ? key : String(key),
    }
    n += 1
    const fault = itself.fault(n, call)
    if (fault === 'lost before') {
      request.socket.destroy()
      return
    }
    calls.push(call)
    const reply = replyTo(call, `${method} ${path} ${sent}`)
    if (fault === 'lost behind') {
      request.socket.destroy()
      return
    }
    response.writeHead(reply.status, { 'content-type': 'application/json', 'request-id': `req_${n}` })
    response.end(reply.body)
  }

  /** Of a repeated key the first answer, and with other parameters none. */
  function replyTo(call: StripeCall, fingerprint: string): Omit<KeptReply, 'fingerprint'> {
    const kept = call.method === 'POST' && call.key !== undefined ? replies.get(call.key) : undefined
    if (kept !== undefined && kept.fingerprint !== fingerprint)
      return problem(
        new Refused(
          400,
          'Keys for idempotent requests can only be used with the same parameters.',
          undefined,
          'idempotency_error',
        ),
      )
    if (kept !== undefined) return kept
    const reply = carryOut(call)
    if (call.method === 'POST' && call.key !== undefined) replies.set(call.key, { fingerprint, ...reply })
    return reply
  }

  function carryOut({ method, path, form }: StripeCall): { status: number; body: string } {
    try {
      return { status: 200, body: JSON.stringify(books.answer(method, path, form)) }
    } catch (error) {
      if (error instanceof Refused) return problem(error)
      throw error
    }
  }

  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const address = server.address()
  return Object.assign(itself, { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}` })
}

const problem = ({ status, message, code, type }: Refused) => ({
  status,
  body: JSON.stringify({ error: { type, message, ...(code !== undefined && { code }) } }),
})

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

/** An event as Stripe sends it. */
export interface SentEvent {
  readonly id: string
  readonly type: string
  readonly created: number
  readonly object: object
}

/** The bytes of an event, and the header that says that Stripe has sent them: docs.stripe.com/webhooks/signature */
export function signedEvent(
  { id, type, created, object }: SentEvent,
  { secret = WEBHOOK_SECRET, seconds = created } = {},
): { readonly body: string; readonly signature: string } {
  const body = JSON.stringify({
    id,
    object: 'event',
    api_version: '2026-10-28.endive',
    type,
    created,
    data: { object },
  })
  const mac = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
  return { body, signature: `t=${seconds},v1=${mac}` }
}

/** An object as it is at this moment: events keep it so. */
export const snapshot = (object: StripeObject): object => structuredClone(object)
