import { interpret, type Call, type CallFacts, type Dialect } from '@speka/core'
import type { LiveConfig } from '../config/live-config.ts'
import { AnswerResponder, type ResponderParts } from '../http/answer-responder.ts'
import type { KeyedExchange } from '../http/exchange.ts'
import type { HttpLimits } from '../http/http-limits.ts'
import { readBody } from '../http/read-body.ts'
import type { Ledger } from '../ledger/store.ts'
import { callFacts } from './call-facts.ts'

/** Makes a call of a body, or reads it in a dialect of chat. @throws SpekaError when it is neither. */
export type ReadCall = (body: Buffer, facts: CallFacts) => Call | Dialect | Promise<Call | Dialect>

/** An endpoint that the engine answers: from body bytes to a run, which answers through a {@link AnswerResponder}. */
export function engineEndpoint(read: ReadCall, live: LiveConfig, parts: ResponderParts, limits: HttpLimits) {
  return async (exchange: KeyedExchange): Promise<void> => {
    const { request, response } = exchange
    admit(parts.ledger)
    const body = await readBody(request, response, limits.bodyBytes)
    admit(parts.ledger)
    const since = performance.now()
    const made = read(body, callFacts(exchange))
    const [engine, call] = interpret(live.current.engine, made instanceof Promise ? await made : made)
    const responder = new AnswerResponder(parts, call, response)
    responder.attach(engine.start(call, responder), since)
  }
}

/** Nothing is sent upstream that could not be recorded: it would be paid for, and its answer not delivered. */
function admit(ledger: Ledger): void {
  const trouble = ledger.trouble()
  if (trouble !== undefined) throw trouble
}
