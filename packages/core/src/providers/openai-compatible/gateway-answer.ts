import { errorTable, type ErrorCode } from '../../errors.ts'
import type { Failure } from '../../failure.ts'
import { parseUsd, type PicoUsd } from '../../money.ts'
import { isRecord } from '../../wire/read-usage.ts'
import { asBuffer } from '../../wire/scan-object.ts'
import type { Reply } from '../provider.ts'
import { classifyReply } from './classify.ts'

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
  const error = errorIn(reply)
  // Its own troubles and the key we send it are not the caller's to mend.
  if (error === undefined || reply.status >= 500 || failure.class === 'credential') return failure
  return { ...failure, code: error.code, quote: error.message }
}

function errorIn({ body }: Reply): { code: ErrorCode; message: string } | undefined {
  try {
    const value: unknown = JSON.parse(asBuffer(body).toString('utf8'))
    const error = isRecord(value) ? value['error'] : undefined
    if (!isRecord(error) || typeof error['code'] !== 'string' || typeof error['message'] !== 'string') return undefined
    const { code, message } = error
    return isErrorCode(code) ? { code, message: message.slice(0, 500) } : undefined
  } catch {
    return undefined
  }
}

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorTable, code)
