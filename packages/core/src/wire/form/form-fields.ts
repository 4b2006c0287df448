import { SpekaError } from '../../errors.ts'
import { isRecord, type Json, type MutableJson } from '../../json.ts'
import type { FormEvent } from './form-event.ts'
import type { FormField } from './form-body.ts'
import { refusePoison } from './part-head.ts'

/** What the text of a field stands for, where that is not a text. */
export type FieldReading = 'number' | 'flag' | 'json'

/** Fields that steer the gateway, as a form has them. */
const shared: Readonly<Record<string, FieldReading>> = {
  stream: 'flag',
  models: 'json',
  provider: 'json',
  metadata: 'json',
}

/**
 * The fields of a form as JSON would have them. Those whose name ends in `[]` are the items of a list, and one in brackets is a member:
 * as the official clients write lists and objects.
 *
 * @throws SpekaError `invalid_value` for a text that cannot be read as what it stands for.
 */
export function readFormFields(
  fields: readonly FormField[],
  readings: Readonly<Record<string, FieldReading>>,
): MutableJson {
  const read: MutableJson = {}
  for (const { name, value } of fields) {
    const [, field = name, member] = /^([^[\]]+)\[([^[\]]*)\]$/.exec(name) ?? []
    refusePoison(field)
    if (member !== undefined) refusePoison(member)
    const reading = Object.hasOwn(readings, field) ? readings[field] : shared[field]
    const told = member === undefined ? readers[reading ?? 'text'](value, field) : value
    const before = read[field]
    if (before !== undefined && member === undefined)
      throw new SpekaError('duplicate_parameter', `The form has "${field}" twice. Send it once.`, { param: field })
    if (member === undefined) read[field] = told
    else if (member === '') read[field] = [...(Array.isArray(before) ? before : []), told]
    else read[field] = { ...(isRecord(before) ? before : {}), [member]: told }
  }
  return read
}

const readers: Readonly<Record<FieldReading | 'text', (value: string, field: string) => unknown>> = {
  text: (value) => value,
  number(value, field) {
    const told = value.trim() === '' ? Number.NaN : Number(value)
    if (Number.isFinite(told)) return told
    throw new SpekaError('invalid_value', `"${field}" must be a number.`, { param: field })
  },
  flag(value, field) {
    if (/^(?:true|false|1|0)$/i.test(value)) return /^(?:true|1)$/i.test(value)
    throw new SpekaError('invalid_value', `"${field}" must be true or false.`, { param: field })
  },
  json(value, field) {
    try {
      return JSON.parse(value)
    } catch (cause) {
      const message = `"${field}" must be written as JSON: a list, or an object.`
      throw new SpekaError('invalid_value', message, { param: field, cause })
    }
  },
}

/** The same fields as a form has them: the other way round. What steers the gateway is JSON there too. */
export function writeFormFields(fields: Json): (FormField & Extract<FormEvent, { kind: 'field' }>)[] {
  return Object.entries(fields).flatMap(([name, value]) =>
    partsOf(name, value).map(([part, told]) => ({ kind: 'field' as const, name: part, value: told })),
  )
}

function partsOf(name: string, value: unknown): [string, string][] {
  if (value === undefined || value === null) return []
  if (shared[name] !== 'json') {
    if (Array.isArray(value)) return value.map((item: unknown) => [`${name}[]`, asText(item)])
    if (isRecord(value)) return Object.entries(value).map(([member, told]) => [`${name}[${member}]`, asText(told)])
  }
  return [[name, asText(value)]]
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
