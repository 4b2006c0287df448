/**
 * A vector's numbers, whether it came as a list or as base64 over little-endian 32-bit floats; `undefined`: it is none,
 * or holds something that JSON has no number for.
 */
export function numbersOf(value: unknown): readonly number[] | undefined {
  const numbers = Array.isArray(value) ? (value as unknown[]) : typeof value === 'string' ? floatsIn(value) : undefined
  return numbers !== undefined && numbers.length > 0 && numbers.every(isNumber) ? numbers : undefined
}

const isNumber = (value: unknown): value is number => Number.isFinite(value)

function floatsIn(base64: string): number[] | undefined {
  const bytes = Buffer.from(base64, 'base64')
  // The decoder skips what is not base64, so text that is none comes out shorter than it should.
  if (bytes.length % 4 !== 0 || bytes.length !== Buffer.byteLength(base64, 'base64')) return undefined
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4))
}

/** A vector as the caller wants it, as JSON. */
export function inFormat(vector: readonly number[], format: 'float' | 'base64'): string {
  if (format === 'float') return JSON.stringify(vector)
  const bytes = Buffer.allocUnsafe(vector.length * 4)
  for (let index = 0; index < vector.length; index += 1) bytes.writeFloatLE(vector[index] ?? 0, index * 4)
  return `"${bytes.toString('base64')}"`
}
