import { asBuffer, type ObjectScan } from '../bytes/scan-object.ts'
import type { Bytes } from '../transport.ts'

/** Stands in a parsed body for a string too long to be worth decoding. */
export const LONG_STRING_MARK = '…'

const MARK = Buffer.from(JSON.stringify(LONG_STRING_MARK))

/** A body with a mark in the place of each of its long strings. */
export function outlineOf(body: Bytes, { longStrings }: ObjectScan): Buffer {
  const buffer = asBuffer(body)
  if (longStrings.length === 0) return buffer
  let length = buffer.length + longStrings.length * MARK.length
  for (const { start, end } of longStrings) length -= end - start
  const outline = Buffer.allocUnsafe(length)
  let from = 0
  let at = 0
  for (const { start, end } of longStrings) {
    at = copy(buffer, from, start, outline, at)
    at = copy(MARK, 0, MARK.length, outline, at)
    from = end
  }
  copy(buffer, from, buffer.length, outline, at)
  return outline
}

/** Below it a loop is quicker than a native copy, and there may be a hundred thousand strings. */
const LOOPED_BYTES = 48

function copy(source: Buffer, from: number, to: number, target: Buffer, at: number): number {
  if (to - from > LOOPED_BYTES) return at + source.copy(target, at, from, to)
  let place = at
  for (let index = from; index < to; index += 1) target[place++] = source[index] ?? 0
  return place
}
