import { mix } from './hash.ts'
import { partSeen } from './part-seen.ts'

/**
 * A vector of length 1 for a text: its character trigrams, hashed into `dimensions` places. Texts that share letters in
 * the same order come out close together; the same text always comes out the same. Of a long one both ends count.
 */
export function embedText(text: string, dimensions: number): Float64Array {
  const normal = ` ${partSeen(text).toLowerCase().replace(/\s+/g, ' ').trim()} `
  const vector = new Float64Array(dimensions)
  for (let at = 0; at + 2 < normal.length; at += 1) {
    const low = Math.imul(normal.charCodeAt(at), 0x01000193) ^ normal.charCodeAt(at + 1)
    add(vector, Math.imul(low, 0x01000193) ^ normal.charCodeAt(at + 2))
  }
  return toUnit(vector)
}

/** The same for a text that comes as token ids, of which the sandbox knows only which are equal. */
export function embedTokens(tokens: readonly number[], dimensions: number): Float64Array {
  const vector = new Float64Array(dimensions)
  for (const token of tokens) add(vector, token)
  return toUnit(vector)
}

function add(vector: Float64Array, feature: number): void {
  const hashed = mix(feature)
  const place = (hashed >>> 1) % vector.length
  // A sign of its own keeps two features that share a place from always adding up.
  vector[place] = (vector[place] ?? 0) + (hashed % 2 === 0 ? 1 : -1)
}

function toUnit(vector: Float64Array): Float64Array {
  let squares = 0
  for (const value of vector) squares += value * value
  // Everything may have cancelled out, and a vector of length 0 has no direction.
  if (squares === 0) return vector.fill(1, 0, 1)
  return vector.map((value) => value / Math.sqrt(squares))
}
