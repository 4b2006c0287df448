import { pricedUsage, usageFrame } from '../meter/price-answer.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import type { Bytes } from '../transport.ts'
import { doneFrame } from '../wire/frames.ts'
import { join, splice } from '../wire/splice.ts'
import type { AnswerTail } from './attempt.ts'

/**
 * The end of an answer with its cost in it.
 *
 * @param wantsUsage whether the caller of a stream asked for a usage event; a JSON answer always shows its usage.
 */
export function pricedTail(tail: AnswerTail, record: UsageRecord, wantsUsage: boolean): readonly Bytes[] {
  const { usageJson } = tail
  if (tail.kind === 'json') {
    const { body, edits, usageAt } = tail
    if (usageJson === undefined || usageAt === undefined) return splice(body, edits)
    return splice(body, [...edits, { ...usageAt, text: JSON.stringify(pricedUsage(usageJson, record.charge)) }])
  }
  const end: Bytes[] = [...tail.frames]
  if (wantsUsage && usageJson !== undefined) {
    const id = record.upstreamId ?? `chatcmpl-${record.id}`
    const created = tail.created ?? Math.trunc(record.createdAt / 1000)
    end.push(usageFrame({ id, created, model: record.model ?? record.requestedModel }, usageJson, record.charge))
  }
  end.push(doneFrame)
  return [join(end)]
}
