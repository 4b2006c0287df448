/** @returns `undefined` for a text that is no JSON: whoever reads notices leaves alone what it does not know. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
