import { parseUsd, picoUsd, type PicoUsd } from '@speka/core'

/**
 * Reads a decimal string of US dollars that may have a sign, exactly.
 *
 * @throws RangeError when it is not such a string
 */
export function parseSignedUsd(text: string): PicoUsd {
  if (text.startsWith('-')) return picoUsd(-parseUsd(text.slice(1)))
  return parseUsd(text.startsWith('+') ? text.slice(1) : text)
}
