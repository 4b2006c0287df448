import { isUtf8 } from 'node:buffer'
import type { Call, OperationName } from '@speka/core'
import {
  InTokens,
  interpret,
  type Admit,
  type BodyAids,
  type CallFacts,
  type Dialect,
  type IdSeal,
} from '@speka/core/internal'
import type { LiveConfig } from '../config/live-config.ts'
import { AnswerResponder, type ResponderParts } from '../http/answer-responder.ts'
import type { KeyedExchange } from '../http/exchange.ts'
import type { HttpLimits } from '../http/http-limits.ts'
import { readBody } from '../http/read-body.ts'
import { DEFAULT_ACCOUNT, type Ledger } from '../store/store.ts'
import { isFirstTime, type FirstTime, type Replies } from '../replies/replies.ts'
import { respondReply } from '../replies/respond-reply.ts'
import { callFacts } from './call-facts.ts'
import { spellTokens } from './spell-tokens.ts'

/** Makes a call of a body, or reads it in a dialect of chat; either may be in tokens yet. @throws SpekaError when it is neither. */
export type ReadCall = (
  body: Buffer,
  facts: CallFacts,
  aids: BodyAids,
) => Call | Dialect | InTokens<Call> | InTokens<Dialect>

/** An endpoint that the engine answers: from body bytes to a run, which answers through a {@link AnswerResponder}. */
export function engineEndpoint(
  endpoint: OperationName,
  read: ReadCall,
  live: LiveConfig,
  parts: ResponderParts,
  limits: HttpLimits,
  idSeal: IdSeal,
  replies: Replies,
) {
  return async (exchange: KeyedExchange): Promise<void> => {
    const { request, response } = exchange
    admit(parts.ledger)
    const body = await readBody(request, response, limits.bodyBytes)
    const since = performance.now()
    const facts = callFacts(exchange, idSeal)
    const admitModel = (model: string): void => live.current.engine.admit(model, endpoint, facts)
    const made = read(body, facts, { isUtf8, admit: admitModel })
    const asked = made instanceof InTokens ? await inWords(made, admitModel) : made
    admit(parts.ledger)
    // Refused meanwhile: its key was revoked, or the gateway is stopping.
    if (response.headersSent) return
    const [engine, call] = interpret(live.current.engine, asked)
    const repeatMs = request.headers['idempotency-key'] === undefined ? undefined : live.current.config.repeatMs
    // A stream that was broken off could not be gone on with: only what is answered in one piece is given again.
    const isOnce = repeatMs !== undefined && !call.stream
    const ours = isOnce ? await answerRepeated(exchange, body, replies, repeatMs) : undefined
    if (isOnce && ours === undefined) return
    const responder = new AnswerResponder(parts, call, response, ours)
    responder.attach(engine.start(call, responder), since)
    exchange.open.answer = responder
  }
}

/** Nothing is sent upstream that could not be recorded: it would be paid for, and its answer not delivered. */
function admit(ledger: Ledger): void {
  const trouble = ledger.trouble()
  if (trouble !== undefined) throw trouble
}

/** Tokens are spelled out for whoever may use the model, and for nobody else. */
function inWords(read: InTokens<Call> | InTokens<Dialect>, admitModel: Admit): Promise<Call | Dialect> {
  admitModel(read.model)
  return spellTokens<Call | Dialect>(read)
}

/**
 * Gives the answer again to who repeats a request with its `Idempotency-Key`.
 *
 * @returns who keeps the answer of a request that comes for the first time; `undefined`: there is nothing left to do.
 */
async function answerRepeated(
  { request, response, path, key }: KeyedExchange,
  body: Buffer,
  replies: Replies,
  keepMs: number,
): Promise<FirstTime | undefined> {
  const scope = { account: key.account ?? DEFAULT_ACCOUNT, route: `POST ${path}` }
  const found = await replies.begin(scope, String(request.headers['idempotency-key']), body, keepMs)
  if (!isFirstTime(found)) respondReply(response, found)
  else if (!response.headersSent && !response.destroyed) return found
  // Refused meanwhile, or left.
  else found.release()
  return undefined
}
