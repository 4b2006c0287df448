import type { Call, CallFacts } from '@speka/core'
import type { LiveConfig } from '../config/live-config.ts'
import { ChatResponder, type ResponderParts } from '../http/chat-responder.ts'
import type { KeyedExchange } from '../http/exchange.ts'
import type { HttpLimits } from '../http/http-limits.ts'
import { readBody } from '../http/read-body.ts'
import { callFacts } from './call-facts.ts'

/** Makes a call of a body. @throws SpekaError when it is none. */
export type ReadCall = (body: Buffer, facts: CallFacts) => Call | Promise<Call>

/** An endpoint that the engine answers: from body bytes to a run, which answers through a {@link ChatResponder}. */
export function engineEndpoint(read: ReadCall, live: LiveConfig, parts: ResponderParts, limits: HttpLimits) {
  return async (exchange: KeyedExchange): Promise<void> => {
    const { request, response } = exchange
    const body = await readBody(request, response, limits.bodyBytes)
    const made = read(body, callFacts(exchange))
    const call = made instanceof Promise ? await made : made
    const responder = new ChatResponder(parts, call, response)
    responder.attach(live.current.engine.start(call, responder))
  }
}
