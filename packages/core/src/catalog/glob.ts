/** Whether `pattern` has a `*`, which stands for any run of characters, slashes included. */
export const isGlob = (pattern: string): boolean => pattern.includes('*')

/**
 * Whether `text` matches `pattern`. Linear in both: the pieces between stars are looked up one after the other, so no
 * pattern can make it slow.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const pieces = pattern.split('*')
  const first = pieces[0] ?? ''
  const last = pieces.at(-1) ?? ''
  if (pieces.length === 1) return text === pattern
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false
  let at = first.length
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at)
    if (found === -1) return false
    at = found + piece.length
  }
  return at <= text.length - last.length
}
