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
import type { Ledger } from '../store/store.ts'
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
    const responder = new AnswerResponder(parts, call, response)
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
