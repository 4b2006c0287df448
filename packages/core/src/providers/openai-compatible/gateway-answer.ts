import { errorTable, type ErrorCode } from '../../errors.ts'
import type { Failure, Told } from '../../failure.ts'
import { isRecord } from '../../json.ts'
import { parseUsd, type PicoUsd } from '../../money.ts'
import { asBuffer } from '../../bytes/scan-object.ts'
import type { Headers } from '../../transport.ts'
import type { Reply } from '../provider.ts'
import { classifyErrorObject, classifyReply } from './classify.ts'

/**
 * What another gateway says of an answer beyond its words: which model it chose, and what it charges. Its word counts,
 * since it alone knows whether it fell back.
 */
export function gatewayFacts(answer: Record<string, unknown>): { model?: string; charge?: PicoUsd } {
  const { model, usage } = answer
  const charge = isRecord(usage) ? chargeIn(usage['cost_details']) : undefined
  return { ...(typeof model === 'string' && { model }), ...(charge !== undefined && { charge }) }
}

function chargeIn(details: unknown): PicoUsd | undefined {
  const total = isRecord(details) ? details['total'] : undefined
  if (typeof total !== 'string') return undefined
  try {
    return parseUsd(total)
  } catch {
    return undefined
  }
}

/**
 * What another gateway's error means. Where the caller is at fault its code and message are made for callers already, and
 * pass as they are.
 */
export function classifyGatewayReply(reply: Reply): Failure {
  const failure = classifyReply(reply)
  const told = toldIn(bodyOf(reply), reply.headers)
  if (told === undefined) return failure
  // Its own troubles and the key we send it are not the caller's to mend.
  if (reply.status >= 500 || failure.class === 'credential') return { ...failure, told }
  return { ...failure, told, code: told.code, quote: told.message }
}

/** What an error event in the stream of another gateway means. */
export const classifyGatewayEvent = (error: unknown): Failure => ({
  ...classifyErrorObject(error),
  told: toldIn({ error }),
})

const LONGEST_MESSAGE = 500
const LONGEST_PARAM = 200

function toldIn(body: unknown, headers: Headers = {}): Told | undefined {
  const error = isRecord(body) ? body['error'] : undefined
  if (!isRecord(error)) return undefined
  const { code, message, param } = error
  if (typeof code !== 'string' || typeof message !== 'string' || !isErrorCode(code)) return undefined
  return {
    code,
    message: message.slice(0, LONGEST_MESSAGE),
    param: typeof param === 'string' ? param.slice(0, LONGEST_PARAM) : undefined,
    requestId: headers['x-request-id'],
    retry: headers['x-should-retry'] === 'true',
  }
}

function bodyOf({ body }: Reply): unknown {
  try {
    return JSON.parse(asBuffer(body).toString('utf8'))
  } catch {
    return undefined
  }
}

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorTable, code)
