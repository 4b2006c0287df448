import { SpekaError } from '../../errors.ts'
import { formLimits } from './form-limits.ts'

/** What the headers of a part say. */
export interface PartHead {
  readonly name: string
  /** Set for a file. */
  readonly filename: string | undefined
  readonly contentType: string | undefined
}

/** Encodings of a part that leave its bytes as they are. Others are of mail, and no client of HTTP sends them. */
const PLAIN_ENCODINGS = new Set(['binary', '8bit', '7bit'])

/** Names by which a careless copy of the fields would reach the prototype that all objects share. */
const POISON = new Set(['__proto__', 'constructor', 'prototype'])

/** A parameter of a header: its name, and its value bare or in quotes. */
const PARAMETER = /^;[ \t]*([\w!#$%&'*+.^`|~-]+)=(?:"((?:[^"\\]|\\.)*)"|([^";\s]+))[ \t]*/

/**
 * Reads the headers of a part, without the blank line behind them.
 *
 * @throws SpekaError `invalid_request` for what is no part of a form.
 */
export function readPartHead(text: string): PartHead {
  const headers = new Map<string, string>()
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon <= 0) throw brokenForm('a part has a line among its headers that is none')
    const header = line.slice(0, colon).toLowerCase()
    if (headers.has(header)) throw brokenForm(`a part has two headers "${shown(header)}"`)
    headers.set(header, line.slice(colon + 1).trim())
  }
  const encoding = headers.get('content-transfer-encoding') ?? 'binary'
  if (!PLAIN_ENCODINGS.has(encoding.toLowerCase()))
    throw brokenForm(`a part is encoded as "${shown(encoding)}". Send its bytes as they are`)
  const { name, filename } = parametersOf(headers.get('content-disposition') ?? '')
  if (name === undefined || name === '') throw brokenForm('a part has no name')
  if (Buffer.byteLength(name) > formLimits.nameBytes)
    throw brokenForm(`a part has a name of more than ${formLimits.nameBytes} bytes`)
  if (filename !== undefined && Buffer.byteLength(filename) > formLimits.filenameBytes)
    throw brokenForm(`a file has a name of more than ${formLimits.filenameBytes} bytes`)
  refusePoison(name)
  return { name, filename, contentType: headers.get('content-type') }
}

/** @throws SpekaError `invalid_request` for a name by which all objects could be reached. */
export function refusePoison(name: string): void {
  if (POISON.has(name)) throw brokenForm(`a part is called "${name}", which is not accepted. Rename it`)
}

/** Reads on where the last parameter ended, so that none can stand within another's quotes. */
function parametersOf(disposition: string): { name?: string; filename?: string } {
  const [kind = ''] = /^form-data[ \t]*/i.exec(disposition) ?? []
  if (kind === '') throw brokenForm('a part does not say "Content-Disposition: form-data"')
  const found = new Map<string, string>()
  for (let rest = disposition.slice(kind.length); rest !== '';) {
    const [whole, parameter, quoted, bare] = PARAMETER.exec(rest) ?? []
    if (whole === undefined || parameter === undefined)
      throw brokenForm('a part has a Content-Disposition that cannot be read')
    const key = parameter.toLowerCase()
    if (found.has(key)) throw brokenForm(`a part has two parameters "${shown(key)}"`)
    found.set(key, quoted === undefined ? (bare ?? '') : unquoted(quoted))
    rest = rest.slice(whole.length)
  }
  const [name, filename] = [found.get('name'), found.get('filename')]
  return { ...(name !== undefined && { name }), ...(filename !== undefined && { filename }) }
}

/** Browsers write three characters as URLs have them, and leave a backslash alone; others put one before a quote. */
const unquoted = (text: string): string =>
  text.replaceAll('\\"', '"').replaceAll('%22', '"').replaceAll('%0D', '\r').replaceAll('%0A', '\n')

const shown = (text: string): string => text.slice(0, 50)

/** A form that is none, in words that go on "The form cannot be read:". */
export const brokenForm = (why: string): SpekaError =>
  new SpekaError('invalid_request', `The form cannot be read: ${why}.`)
