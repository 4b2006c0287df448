import { isUtf8 } from 'node:buffer'
import { readChatCall, SpekaError, VIA_HEADER } from '@speka/core'
import { ChatResponder, type ResponderParts } from '../http/chat-responder.ts'
import type { KeyedExchange } from '../http/exchange.ts'
import type { HttpLimits } from '../http/http-limits.ts'
import { readBody } from '../http/read-body.ts'
import type { LiveConfig } from '../config/live-config.ts'

/** `POST /v1/chat/completions`: from body bytes to a run of the engine, which answers through a {@link ChatResponder}. */
export function chatCompletions(live: LiveConfig, parts: ResponderParts, limits: HttpLimits) {
  return async ({ id, receivedAt, request, response, key }: KeyedExchange): Promise<void> => {
    const body = await readBody(request, response, limits.bodyBytes)
    const facts = {
      id,
      receivedAt,
      keyId: key.id,
      sandboxOnly: key.mode === 'test',
      allowedModels: key.limits.models,
      timeoutMs: timeoutOf(request.headers['x-speka-timeout-ms']),
      via: single(request.headers[VIA_HEADER]),
    }
    const call = readChatCall(body, facts, isUtf8)
    const responder = new ChatResponder(parts, call, response)
    responder.attach(live.current.engine.start(call, responder))
  }
}

function timeoutOf(header: string | string[] | undefined): number | undefined {
  const text = single(header)
  if (text === undefined) return undefined
  const ms = Number(text)
  if (Number.isInteger(ms) && ms > 0 && ms <= 2_147_483_647) return ms
  throw new SpekaError('invalid_value', 'The header x-speka-timeout-ms must be a whole number of milliseconds above 0.')
}

const single = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header.join(',') : header
