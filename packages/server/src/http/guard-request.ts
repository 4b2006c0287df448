import type { IncomingMessage } from 'node:http'
import { SpekaError } from '@speka/core'

/** Headers of which two would be read differently by two programs. */
const SINGLE = ['host', 'x-api-key', 'authorization', 'content-length', 'content-type', 'transfer-encoding']
/** The same by their lengths, which differ: most headers are told apart without being read. */
const SINGLE_BY_LENGTH: readonly (string | undefined)[] = Array.from({ length: 20 }, (_, length) =>
  SINGLE.find((name) => name.length === length),
)

/** A name or address and a port, and nothing that another program could take for a path, a user or a fragment. */
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i

/**
 * Refuses requests that Node's parser lets through and that mean harm or confusion.
 *
 * @throws SpekaError `invalid_request` or `unsupported_media_type`
 */
export function guardRequest({ httpVersion, url, rawHeaders, headers }: IncomingMessage): void {
  if (httpVersion !== '1.1' && httpVersion !== '1.0') throw refused('Use HTTP/1.1.')
  if (url === undefined || !isPlainPath(url)) {
    throw refused('The request target must be a path that starts with one slash.')
  }
  refuseRepeated(rawHeaders)
  if (headers.host === undefined ? httpVersion === '1.1' : !HOST.test(headers.host)) {
    throw refused('The Host header must be a name or an address, with or without a port.')
  }
  const transfer = headers['transfer-encoding']
  if (transfer !== undefined && httpVersion === '1.0') {
    throw refused('HTTP/1.0 has no Transfer-Encoding. Use HTTP/1.1.')
  }
  // The parser says so too, but only after it has handed the request over.
  if (transfer !== undefined && transfer.toLowerCase() !== 'chunked') {
    throw refused('The only Transfer-Encoding is "chunked".')
  }
  if (headers.expect !== undefined && headers.expect.toLowerCase() !== '100-continue') {
    throw refused('Nothing but "100-continue" can be expected.')
  }
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new SpekaError('unsupported_media_type', 'Compressed request bodies are not accepted. Send plain JSON.')
  }
}

/** @throws SpekaError `invalid_request` */
function refuseRepeated(rawHeaders: readonly string[]): void {
  // A bit for each length, and so for each name.
  let seen = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const raw = rawHeaders[index] ?? ''
    const name = SINGLE_BY_LENGTH[raw.length]
    if (name === undefined || (raw !== name && raw.toLowerCase() !== name)) continue
    const bit = 1 << name.length
    if ((seen & bit) !== 0) throw refused(`The header "${name}" was sent twice.`)
    seen |= bit
  }
}

/** Dots as segments are refused, not resolved: where they lead is not for us to guess. */
function isPlainPath(url: string): boolean {
  const mark = url.indexOf('?')
  const path = mark === -1 ? url : url.slice(0, mark)
  if (!path.startsWith('/') || path.startsWith('//') || path.includes('\\') || /%00/.test(path)) return false
  return !/\/\.{1,2}(?:\/|$)/.test(path)
}

const refused = (message: string): SpekaError => new SpekaError('invalid_request', message)
