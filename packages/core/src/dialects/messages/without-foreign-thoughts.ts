import { itemsIn, dropItems } from '../../bytes/array-items.ts'
import { findMember, findObject } from '../../bytes/find-member.ts'
import { asBuffer, scanObject, type Span } from '../../bytes/scan-object.ts'
import { join, splice, type Edit } from '../../bytes/splice.ts'
import { isRecord, type Json } from '../../json.ts'
import type { NativeRequest } from '../../operations/chat/native-request.ts'
import { blocksIn } from './blocks.ts'
import { isForeignThought } from './foreign-thought.ts'
import type { MessagesRequest } from './shapes.ts'

type Sent = Pick<NativeRequest, 'body' | 'scan'>

/**
 * The caller's bytes without the thoughts that Anthropic has not signed, which it would refuse: another model has had them. All
 * else stays as it is spelled. The very same when there are none.
 */
export function withoutForeignThoughts(sent: Sent, { messages }: MessagesRequest): Sent {
  const turns: readonly unknown[] = messages
  if (!turns.some((turn) => foreignIn(turn).some(Boolean))) return sent
  const buffer = asBuffer(sent.body)
  const span = findMember({ scan: sent.scan, offset: 0 }, 'messages')
  const spans = (span && itemsIn(buffer, span)) ?? []
  // A turn of nothing else says nothing.
  const isEmptied = (index: number): boolean => {
    const foreign = foreignIn(turns[index])
    return foreign.length > 0 && foreign.every(Boolean)
  }
  const edits = spans.flatMap((turn, index) =>
    isEmptied(index) ? [] : withinTurn(buffer, turn, foreignIn(turns[index])),
  )
  const body = join(splice(buffer, [...edits, ...dropItems(spans, isEmptied)]))
  return { body, scan: scanObject(body) ?? sent.scan }
}

function withinTurn(buffer: Buffer, { start, end }: Span, foreign: readonly boolean[]): Edit[] {
  if (!foreign.some(Boolean)) return []
  const turn = findObject(buffer.subarray(start, end), [])
  const content = turn && findMember({ ...turn, offset: start }, 'content')
  const items = content && itemsIn(buffer, content)
  return items === undefined ? [] : dropItems(items, (index) => foreign[index] === true)
}

/** Of each block of a turn, whether it is such a thought. */
function foreignIn(turn: unknown): boolean[] {
  const content = isRecord(turn) ? turn['content'] : undefined
  if (!Array.isArray(content) || blocksIn(content).length !== content.length) return []
  return (content as Json[]).map(isForeignThought)
}
