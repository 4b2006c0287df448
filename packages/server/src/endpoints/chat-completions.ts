import { isUtf8 } from 'node:buffer'
import { readChatCall } from '@speka/core'
import { ChatResponder, type ResponderParts } from '../http/chat-responder.ts'
import type { KeyedExchange } from '../http/exchange.ts'
import type { HttpLimits } from '../http/http-limits.ts'
import { readBody } from '../http/read-body.ts'
import type { LiveConfig } from '../config/live-config.ts'
import { callFacts } from './call-facts.ts'

/** `POST /v1/chat/completions`: from body bytes to a run of the engine, which answers through a {@link ChatResponder}. */
export function chatCompletions(live: LiveConfig, parts: ResponderParts, limits: HttpLimits) {
  return async (exchange: KeyedExchange): Promise<void> => {
    const { request, response } = exchange
    const body = await readBody(request, response, limits.bodyBytes)
    const call = readChatCall(body, callFacts(exchange), isUtf8)
    const responder = new ChatResponder(parts, call, response)
    responder.attach(live.current.engine.start(call, responder))
  }
}
