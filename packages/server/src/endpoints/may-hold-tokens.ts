const TOKENS = /^\s*:\s*\[\s*[[\d]/
/** Room for the spaces that somebody might put between a key and its value. */
const NEAR_BYTES = 64

/** Whether a body is worth the megabytes of a tokenizer: whether `field` may hold tokens. A text that looks so costs only them. */
export function mayHoldTokens(body: Buffer, field: string): boolean {
  const key = `"${field}"`
  for (let at = body.indexOf(key); at !== -1; at = body.indexOf(key, at + 1)) {
    const from = at + key.length
    if (TOKENS.test(body.toString('latin1', from, from + NEAR_BYTES))) return true
  }
  return false
}
