import type { IncomingMessage } from 'node:http'
import { SpekaError } from '@speka/core'

/** Headers of which two would be read differently by two programs. */
const SINGLE = new Set(['host', 'authorization', 'content-length'])

/**
 * Refuses requests that Node's parser lets through and that mean harm or confusion.
 *
 * @throws SpekaError `invalid_request` or `unsupported_media_type`
 */
export function guardRequest({ httpVersion, url, rawHeaders, headers }: IncomingMessage): void {
  if (httpVersion !== '1.1' && httpVersion !== '1.0') throw refused('Use HTTP/1.1.')
  if (url === undefined || !url.startsWith('/') || url.startsWith('//') || url.includes('\\') || url.includes('%00')) {
    throw refused('The request target must be a path that starts with one slash.')
  }
  // Node keeps one of each name, so that equal numbers mean that nothing came twice.
  if (Object.keys(headers).length * 2 !== rawHeaders.length) refuseDuplicates(rawHeaders)
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') {
    throw new SpekaError('unsupported_media_type', 'Compressed request bodies are not accepted. Send plain JSON.')
  }
}

function refuseDuplicates(rawHeaders: readonly string[]): void {
  const seen = new Set<string>()
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? ''
    if (!SINGLE.has(name)) continue
    if (seen.has(name)) throw refused(`The header "${name}" was sent twice.`)
    seen.add(name)
  }
}

const refused = (message: string): SpekaError => new SpekaError('invalid_request', message)
