import { isRecord } from '../json.ts'
import type { Bytes } from '../transport.ts'
import { asBuffer } from '../bytes/scan-object.ts'

/**
 * The JSON object that `bytes` are. A value of another kind counts as an empty one.
 *
 * Frames are known by what stands around their text, and relayed without a look at the text itself. One that an upstream
 * did not escape properly is read as it was meant.
 */
export function readObject(bytes: Bytes): Record<string, unknown> {
  const text = asBuffer(bytes).toString('utf8')
  const value = parsed(text) ?? (JSON.parse(text.replace(STRINGS, escaped)) as unknown)
  return isRecord(value) ? value : {}
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const STRINGS = /"[^"\\]*(?:\\[^][^"\\]*)*"/g
const CONTROLS_AND_ESCAPES = /\p{Cc}|\\(?:["\\/bfnrt]|u[\da-fA-F]{4})|\\/gu

const escaped = (string: string): string => string.replace(CONTROLS_AND_ESCAPES, spelled)

function spelled(found: string): string {
  if (found === '\\') return '\\\\'
  return found.length > 1 ? found : `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`
}
