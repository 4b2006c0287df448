import type { IncomingMessage } from 'node:http'
import { SpekaError } from '@speka/core'
import { scanObject } from '@speka/core/internal'
import type { Visit } from '../http/exchange.ts'
import { readBody } from '../http/read-body.ts'
import { segmentsOf } from '../http/router.ts'

/** What is managed is small: names, lists of models. */
const MOST_BYTES = 1024 * 1024
const DEEPEST = 8

/** Whether it only looks. */
export const isRead = ({ method }: Pick<IncomingMessage, 'method'>): boolean => method === 'GET' || method === 'HEAD'

/**
 * What a request of the management API says, from wherever it says it, as one object for an operation: the open places of
 * its path, then its query or its body, and the revision that it expects.
 *
 * @param template the path as the table has it.
 * @throws SpekaError for a body that is not JSON, or compressed, and for a field that is said twice.
 */
export async function readInput(template: string, exchange: Visit): Promise<Record<string, unknown>> {
  const { request, response, path, query } = exchange
  const said = new Map<string, unknown>(Object.entries(segmentsOf(template, path) ?? {}))
  const add = (field: string, value: unknown): void => {
    if (said.has(field)) throw saidTwice(field)
    said.set(field, value)
  }
  for (const [field, value] of query) add(field, value)
  if (!isRead(request)) {
    const body = await readBody(request, response, MOST_BYTES)
    if (body.length > 0) for (const [field, value] of Object.entries(objectIn(body, exchange))) add(field, value)
    const revision = expectedRevision(request.headers['if-match'])
    if (revision !== undefined) add('revision', revision)
  }
  return Object.fromEntries(said)
}

function objectIn(body: Buffer, { request }: Visit): object {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers
  if (encoding.toLowerCase() !== 'identity')
    throw new SpekaError('unsupported_media_type', `Send the body as it is, without "content-encoding: ${encoding}".`)
  if (type.split(';', 1)[0]?.trim().toLowerCase() !== 'application/json')
    throw new SpekaError('unsupported_media_type', 'Send the body as JSON, with "content-type: application/json".')
  const value = jsonIn(body)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SpekaError('invalid_value', 'The body must be a JSON object.')
  const scan = scanObject(body, DEEPEST)
  if (scan === undefined) throw new SpekaError('invalid_json', `The body is nested deeper than ${DEEPEST} levels.`)
  const keys = scan.members.map(({ key }) => key)
  const twice = keys.find((key, at) => keys.indexOf(key) < at)
  if (twice !== undefined) throw saidTwice(twice)
  return value
}

const saidTwice = (field: string): SpekaError =>
  new SpekaError('duplicate_parameter', `${field} is said twice: leave one out.`, { param: field })

function jsonIn(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch (cause) {
    throw new SpekaError('invalid_json', 'The body is not valid JSON in UTF-8.', { cause })
  }
}

/** `"3"` as an answer's `etag` has it; `*` expects nothing in particular. RFC 9110, section 13.1.1. */
function expectedRevision(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '*') return undefined
  const revision = /^"(\d{1,15})"$/.exec(header.trim())?.[1]
  if (revision !== undefined) return Number(revision)
  throw new SpekaError('invalid_value', 'If-Match must be the etag of an answer, such as "3".', { param: 'if-match' })
}
