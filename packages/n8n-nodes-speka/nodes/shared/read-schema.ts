import { NodeOperationError } from 'n8n-workflow'
import type { ErrorPlace } from './node-error.ts'
import { isRecord, readJsonObject } from './read-json.ts'

const types = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']

/** Keywords that hold one schema, several in a list, and several by name. */
const inOne = ['items', 'additionalProperties', 'not', 'contains', 'if', 'then', 'else', 'propertyNames']
const inList = ['anyOf', 'oneOf', 'allOf', 'prefixItems']
const byName = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']

/**
 * A JSON schema typed by a person, checked as far as a slip of the pen goes: what is wrong, and where, before a model is asked
 * and paid.
 *
 * @throws NodeOperationError
 */
export function readSchema(value: unknown, name: string, place: ErrorPlace): Record<string, unknown> {
  const schema = readJsonObject(value, name, place)
  const complaint = schema === undefined ? 'It is empty' : complaintAbout(schema, '')
  if (schema === undefined || complaint !== undefined) {
    throw new NodeOperationError(place.node, `"${name}" is not a JSON schema.`, {
      itemIndex: place.itemIndex,
      description: `${complaint}. A schema looks like {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}.`,
    })
  }
  return schema
}

function complaintAbout(schema: unknown, path: string): string | undefined {
  if (typeof schema === 'boolean') return path === '' ? 'It must be an object' : undefined
  if (!isRecord(schema)) return `${at(path)} must be a schema, that is an object`
  const { type, required, enum: values } = schema
  if (type !== undefined && !(Array.isArray(type) ? type : [type]).every((each) => types.includes(String(each)))) {
    return `${at(`${path}.type`)} must be one of ${types.join(', ')}`
  }
  if (required !== undefined && !(Array.isArray(required) && required.every((each) => typeof each === 'string'))) {
    return `${at(`${path}.required`)} must be a list of names`
  }
  if (values !== undefined && !Array.isArray(values)) return `${at(`${path}.enum`)} must be a list`
  return complaintInside(schema, path)
}

function complaintInside(schema: Record<string, unknown>, path: string): string | undefined {
  const inner: [place: string, schema: unknown][] = []
  for (const keyword of inOne) if (schema[keyword] !== undefined) inner.push([`${path}.${keyword}`, schema[keyword]])
  for (const keyword of inList) {
    const list = schema[keyword]
    if (list === undefined) continue
    if (!Array.isArray(list)) return `${at(`${path}.${keyword}`)} must be a list of schemas`
    inner.push(...list.map((each, index): [string, unknown] => [`${path}.${keyword}[${index}]`, each]))
  }
  for (const keyword of byName) {
    const named = schema[keyword]
    if (named === undefined) continue
    if (!isRecord(named)) return `${at(`${path}.${keyword}`)} must be an object of schemas`
    inner.push(...Object.entries(named).map(([key, each]): [string, unknown] => [`${path}.${keyword}.${key}`, each]))
  }
  for (const [place, each] of inner) {
    const complaint = complaintAbout(each, place)
    if (complaint !== undefined) return complaint
  }
  return undefined
}

const at = (path: string): string => (path === '' ? 'It' : `"${path.replace(/^\./, '')}"`)
