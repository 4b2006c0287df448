/** The fields of an event, as they stand at the beginning of a line. https://html.spec.whatwg.org/#event-stream-interpretation */
const FIELDS = ['data:', 'event:', 'id:', 'retry:']

/**
 * Whether a reply is a stream of events, by how it begins: what upstreams call it is not always so.
 *
 * @param declared whether it is called one.
 * @returns `undefined` while that cannot be told.
 */
export function beginsAsEvents(beginning: Buffer, declared: boolean): boolean | undefined {
  const text = withoutBlanks(beginning).toString('latin1', 0, LONGEST_FIELD)
  if (text === '') return undefined
  if (/^[{[<]/.test(text)) return false
  if (BYTE_ORDER_MARK.startsWith(text)) return undefined
  if (declared || text.startsWith(':') || FIELDS.some((field) => text.startsWith(field))) return true
  return FIELDS.some((field) => field.startsWith(text)) ? undefined : false
}

const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf'

const LONGEST_FIELD = Math.max(...FIELDS.map((field) => field.length))

/** From the first letter on: some upstreams send a byte order mark, or blank lines while they think. */
export function withoutBlanks(bytes: Buffer): Buffer {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  while (at < bytes.length && BLANK.has(bytes[at])) at += 1
  return bytes.subarray(at)
}

const BLANK: ReadonlySet<number | undefined> = new Set([0x20, 0x09, 0x0a, 0x0d])
