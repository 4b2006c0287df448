import { isRecord, readUsage } from '../../wire/read-usage.ts'
import { asBuffer, memberCalled, scanObject, type ObjectScan } from '../../wire/scan-object.ts'
import { setMember, type Edit } from '../../wire/splice.ts'
import type { EmbeddingsCall } from '../../wire/embeddings-call.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'
import type { Answer, Reply, TranslationTarget } from '../provider.ts'
import { parseAnswer } from './chat-answer.ts'
import { gatewayFacts } from './gateway-answer.ts'
import { inFormat, numbersOf } from './vector-format.ts'

/** The key of a vector within an answer, as JSON writers spell it. */
const VECTOR = Buffer.from('"embedding":')
const QUOTE = 0x22

/**
 * Reads an answer of vectors. Only what stands around them is parsed, unless they come in another format than was asked for.
 *
 * @param isGateway whether the upstream chose the model by itself, and says which.
 * @throws BadReplyError when a reply that claims success is not one.
 */
export function readEmbeddingsAnswer(
  reply: Reply,
  call: EmbeddingsCall,
  target: TranslationTarget,
  isGateway = false,
): Answer {
  const scan = scanObject(reply.body, 64)
  const data = scan && memberCalled(scan, 'data')
  if (scan === undefined || data === undefined) {
    // Whatever it is, it has no vectors: the parser finds out what it says instead.
    parseAnswer(reply)
    throw new BadReplyError(badReply('sent an answer without vectors'))
  }
  refuseError(reply, scan)
  const usageJson = memberValue(reply, scan, 'usage')
  const model = memberValue(reply, scan, 'model')
  const chosen = isGateway ? gatewayFacts({ model, usage: usageJson }) : undefined
  const edits: Edit[] = []
  if (model !== (chosen?.model ?? target.model)) edits.push(setMember(scan, 'model', JSON.stringify(target.model)))
  const mended = mendedData(reply, data, call)
  if (mended !== undefined) edits.push({ start: data.valueStart, end: data.valueEnd, text: mended })
  if (memberValue(reply, scan, 'object') !== 'list') edits.push(setMember(scan, 'object', '"list"'))
  const usageAt = memberCalled(scan, 'usage')
  return {
    ...chosen,
    body: reply.body,
    edits,
    usage: readUsage(usageJson),
    usageJson: isRecord(usageJson) ? usageJson : undefined,
    usageAt:
      usageAt === undefined || !isRecord(usageJson) ? undefined : { start: usageAt.valueStart, end: usageAt.valueEnd },
  }
}

function refuseError(reply: Reply, scan: ObjectScan): void {
  const error = memberValue(reply, scan, 'error')
  if (error !== undefined && error !== null) parseAnswer(reply)
}

/** One member of the answer, parsed. */
function memberValue({ body }: Reply, scan: ObjectScan, key: string): unknown {
  const member = memberCalled(scan, key)
  if (member === undefined) return undefined
  try {
    return JSON.parse(asBuffer(body).toString('utf8', member.valueStart, member.valueEnd))
  } catch (cause) {
    throw new BadReplyError(badReply('sent something else than JSON', cause))
  }
}

/** The vectors in the format that was asked for; `undefined` when they are so already. */
function mendedData(
  { body }: Reply,
  { valueStart, valueEnd }: { valueStart: number; valueEnd: number },
  call: EmbeddingsCall,
): string | undefined {
  const bytes = asBuffer(body)
  const format = call.outline.encoding_format ?? 'float'
  const first = bytes.indexOf(VECTOR, valueStart)
  const asAsked = first !== -1 && (nextByte(bytes, first + VECTOR.length) === QUOTE) === (format === 'base64')
  if (asAsked) return undefined
  let items: unknown
  try {
    items = JSON.parse(bytes.toString('utf8', valueStart, valueEnd))
  } catch (cause) {
    throw new BadReplyError(badReply('sent something else than JSON', cause))
  }
  const rows = Array.isArray(items) ? items.filter(isRecord) : []
  if (rows.length === 0) throw new BadReplyError(badReply('sent an answer without vectors'))
  return JSON.stringify(
    rows.map((row, index) => {
      const vector = numbersOf(row['embedding'])
      if (vector === undefined) throw new BadReplyError(badReply('sent something else than vectors'))
      return { ...row, object: 'embedding', index: row['index'] ?? index, embedding: inFormat(vector, format) }
    }),
  )
}

function nextByte(bytes: Buffer, from: number): number | undefined {
  let at = from
  while (bytes[at] === 0x20 || bytes[at] === 0x0a) at += 1
  return bytes[at]
}
