import { formatUsd, type PicoUsd } from '../money.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import type { Bytes } from '../transport.ts'
import type { Call } from '../operations/call.ts'
import type { UsageJson } from '../operations/operation.ts'
import { operations } from '../operations/operations.ts'
import { scanObject } from '../bytes/scan-object.ts'
import { join, setMember, splice, type Edit } from '../bytes/splice.ts'
import type { AnswerTail } from './attempt.ts'

/**
 * The end of an answer with its cost in it.
 *
 * A caller of a stream gets a usage event only if it asked for one; a JSON answer always shows its usage.
 */
export function pricedTail(tail: AnswerTail, record: UsageRecord, call: Call): readonly Bytes[] {
  const operation = operations[call.endpoint]
  if (tail.kind === 'json') {
    const body = pricedBody(tail, record)
    return call.stream && operation.asEvents !== undefined ? operation.asEvents(join(body)) : body
  }
  if (tail.kind === 'bytes') return tail.rest
  const { frames, usageJson } = tail
  if (tail.kind === 'native') {
    const cost = record.charge === undefined ? {} : costMembers(record.charge)
    return [...frames, ...tail.whole({ usageJson, cost })]
  }
  const end = {
    frames,
    usage: () => usageJson && pricedUsage(usageJson, record.charge),
    id: record.upstreamId ?? `chatcmpl-${record.id}`,
    created: tail.created ?? Math.trunc(record.createdAt / 1000),
    model: record.model ?? record.requestedModel,
  }
  return operation.endStream(end, call)
}

type JsonTail = Extract<AnswerTail, { kind: 'json' }>

function pricedBody(tail: JsonTail, { charge }: UsageRecord): readonly Bytes[] {
  const { body, edits, usageJson, usageAt } = tail
  if (usageJson === undefined) return splice(body, edits)
  const addition = charge === undefined ? undefined : costAlone(tail, charge)
  if (addition !== undefined) return splice(body, [...edits, addition])
  const text = JSON.stringify(pricedUsage(usageJson, charge))
  if (usageAt !== undefined) return splice(body, [...edits, { ...usageAt, text }])
  const scan = scanObject(body, Infinity)
  return splice(body, scan === undefined ? edits : [...edits, setMember(scan, 'usage', text)])
}

/** The cost behind what the upstream has counted, where that can stay as it is: `undefined` where it cannot. */
function costAlone({ usageJson, usageAt, usageIsAsSent }: JsonTail, charge: PicoUsd): Edit | undefined {
  if (!usageIsAsSent || usageJson === undefined || usageAt === undefined) return undefined
  // Counts of tokens at least, and no price of a gateway's own.
  if (
    (usageJson['prompt_tokens'] ?? usageJson['input_tokens']) === undefined ||
    'cost' in usageJson ||
    'cost_details' in usageJson
  )
    return undefined
  const brace = usageAt.end - 1
  const total = formatUsd(charge)
  // As costMembers has it, for nearly every answer.
  return { start: brace, end: brace, text: `,"cost":${Number(total)},"cost_details":{"total":"${total}"}` }
}

/** The same end, whose caller is told that it is charged for less than the provider said. */
export function withCappedUsage(tail: AnswerTail): AnswerTail {
  if (tail.kind === 'bytes') return tail
  if (tail.kind === 'native') return { ...tail, usageJson: { ...tail.usageJson, capped: true } }
  const usageJson = tail.usageJson && { ...tail.usageJson, capped: true }
  return tail.kind === 'json' ? { ...tail, usageJson, usageIsAsSent: false } : { ...tail, usageJson }
}

/** OpenAI's usage object with what it cost: a number to read, and the exact decimal string. */
export function pricedUsage(usage: UsageJson, charge: PicoUsd | undefined): Record<string, unknown> {
  // A gateway upstream has put its own price there, which is not the one our customer pays.
  if (charge === undefined) {
    const { cost: _cost, cost_details: _details, ...counts } = usage
    return counts
  }
  return { ...usage, ...costMembers(charge) }
}

/** What a charge adds to a usage object. */
function costMembers(charge: PicoUsd): Record<string, unknown> {
  const total = formatUsd(charge)
  return { cost: Number(total), cost_details: { total } }
}
