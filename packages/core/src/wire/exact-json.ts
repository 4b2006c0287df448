/** Up to here doubles hold every whole number: 2^53 has 16 digits. */
const LONG_NUMBER = /\d{16}/

/** What JavaScript engines know of JSON beyond TypeScript's description of it; Node since 21. */
interface SourceAwareJson {
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown
  rawJSON?: (text: string) => unknown
}

const json = JSON as SourceAwareJson

/**
 * Parses JSON that is to be written again, such as the arguments of a tool. A number with more digits than a double holds, an
 * id for the most part, is written as it came. It is an object until then: use this for what is passed on, not for what is
 * reckoned with.
 *
 * @throws SyntaxError
 */
export function parseExactly(text: string): unknown {
  return LONG_NUMBER.test(text) && json.rawJSON !== undefined ? json.parse(text, keepDigits) : JSON.parse(text)
}

function keepDigits(_: string, value: unknown, { source }: { source?: string }): unknown {
  if (typeof value !== 'number' || source === undefined || String(value) === source) return value
  return LONG_NUMBER.test(source) ? json.rawJSON?.(source) : value
}
