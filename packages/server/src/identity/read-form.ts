import { SpekaError } from '@speka/core'
import type { Visit } from '../http/exchange.ts'
import { readBody } from '../http/read-body.ts'

/** An address, a code and an id, with room to spare; in bytes. */
const MOST_BYTES = 8 * 1024

/**
 * The fields of a form that a browser sends. An empty field is not there.
 *
 * @throws SpekaError for what is no form, is too large, or says a field twice.
 */
export async function readForm({ request, response }: Visit): Promise<Record<string, string>> {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';', 1)
  if (type.trim().toLowerCase() !== 'application/x-www-form-urlencoded')
    throw new SpekaError('unsupported_media_type', 'Fill in the form on the page.')
  const fields = new URLSearchParams((await readBody(request, response, MOST_BYTES)).toString('utf8'))
  const names = [...fields.keys()]
  if (new Set(names).size < names.length) throw new SpekaError('duplicate_parameter', 'A field was said twice.')
  return Object.fromEntries(
    [...fields].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value !== ''),
  )
}
