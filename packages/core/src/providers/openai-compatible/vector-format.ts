/** A vector's numbers, whether it came as a list or as base64 over little-endian 32-bit floats; `undefined`: it is none. */
export function numbersOf(value: unknown): readonly number[] | undefined {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'number') ? value : undefined
  if (typeof value !== 'string') return undefined
  const bytes = Buffer.from(value, 'base64')
  if (bytes.length === 0 || bytes.length % 4 !== 0) return undefined
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4))
}

/** A vector as the caller wants it. */
export function inFormat(vector: readonly number[], format: 'float' | 'base64'): readonly number[] | string {
  if (format === 'float') return vector
  const bytes = Buffer.allocUnsafe(vector.length * 4)
  for (let index = 0; index < vector.length; index += 1) bytes.writeFloatLE(vector[index] ?? 0, index * 4)
  return bytes.toString('base64')
}
