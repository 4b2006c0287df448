import { SpekaError } from '@speka/core'
import { actorName } from '../actor.ts'
import type { CallAsKey } from '../endpoints/call-as-key.ts'
import type { AdminPages } from '../endpoints/metrics.ts'
import type { AdminExchange } from '../http/exchange.ts'
import type { Method } from '../http/router.ts'
import { takes, type Operation, type OperationParts } from '../operations/operation.ts'
import { isFirstTime, Replies } from '../replies/replies.ts'
import { respondReply } from '../replies/respond-reply.ts'
import type { OpenStreams } from './open-streams.ts'
import { asPage } from './page.ts'
import { readInput } from './read-input.ts'
import { wantedRendering, type Renderings } from './renderings.ts'
import type { Turns } from './turns.ts'
import { renderedReply, replyOf, respondOutput, send } from './respond-output.ts'

/** What the handlers of the operator's listener are made of. */
export interface AdminParts extends AdminPages {
  readonly operations: OperationParts
  /** What is open for long on this listener. */
  readonly streams: OpenStreams
  /** When those look for what is new. */
  readonly turns: Turns
  /** The engine of the gateway, for who uses a key without showing it. Default: it is not in this process. */
  readonly callAsKey?: CallAsKey | undefined
}

/** One row of the management API: an operation, where it is, and how it is described. */
export interface ManagementRow {
  readonly method: Method
  /** `/api/v1/keys/{id}` */
  readonly path: string
  /** What it does for its user, in a few words. */
  readonly summary: string
  readonly operation: Operation<unknown>
  /** In what other forms than JSON it can be had, by `?format=` or `accept`. Default: none. */
  readonly renderings?: Renderings | undefined
  /** Whether its answer can be watched: `GET /api/v1/live`. Default: no. */
  readonly isLive?: true | undefined
  /** Default: 200 */
  readonly status?: 200 | 201 | undefined
}

/** What is told of a row to who is to call it. */
export interface DescribedRow extends Pick<ManagementRow, 'method' | 'path' | 'summary' | 'status'> {
  readonly operation: Pick<Operation<unknown>, 'input' | 'output'>
}

/** Answers a request by the operation of its row, with the rights of whoever asks. */
export const managementHandler =
  (row: ManagementRow) =>
  (parts: AdminParts) =>
  async (exchange: AdminExchange): Promise<void> => {
    const { renderings } = row
    const said = await readInput(row.path, exchange)
    const { format, ...rest } = said
    const input = renderings === undefined ? said : rest
    const rendering = renderings && wantedRendering(renderings, format, exchange.request.headers.accept)
    const isConditional = exchange.request.headers['if-match'] !== undefined
    if (isConditional && row.method !== 'GET' && !takes(row.operation, 'revision'))
      throw new SpekaError('invalid_value', 'If-Match has no meaning here: nothing that has a revision is changed.', {
        param: 'if-match',
      })
    const run = (): Promise<unknown> =>
      asPage(row.operation, input, parts.operations, exchange.actor).catch((error: unknown) => {
        throw isConditional ? asPrecondition(error) : error
      })
    const repeatKey = row.method === 'POST' ? exchange.request.headers['idempotency-key'] : undefined
    if (rendering !== undefined) send(exchange, renderedReply(exchange, rendering, await run()))
    else if (repeatKey === undefined) respondOutput(exchange, row.status ?? 200, await run())
    else await answerOnce(row, parts, exchange, input, String(repeatKey), run)
  }

/** Does it once, however often it is asked for with that key, and gives the same answer for a day. */
async function answerOnce(
  { path, status = 200 }: ManagementRow,
  { operations }: AdminParts,
  exchange: AdminExchange,
  input: unknown,
  repeatKey: string,
  run: () => Promise<unknown>,
): Promise<void> {
  const replies = new Replies(operations.store.replies, await operations.pepper(), operations.now)
  // Of another token of the same account, which may do less, the answer is none.
  const scope = { account: actorName(exchange.actor), route: `POST ${path}` }
  const found = await replies.begin(scope, repeatKey, Buffer.from(JSON.stringify(input)))
  if (!isFirstTime(found)) {
    respondReply(exchange.response, found)
    return
  }
  try {
    const reply = replyOf(exchange, status, await run())
    await found.keep(reply)
    send(exchange, reply)
  } catch (error) {
    found.release()
    throw error
  }
}

/** What was to be changed only as it was seen, and has been changed since. RFC 9110, section 13.1.1. */
const asPrecondition = (error: unknown): unknown =>
  SpekaError.is(error) && error.code === 'conflict' ? new SpekaError('precondition_failed', error.message) : error
