import { isRecord } from '../json.ts'
import { exampleNumber } from './example-number.ts'
import { fitLength, formatExample } from './example-string.ts'

type Schema = Readonly<Record<string, unknown>>

/** A schema comes from a caller: it may cost this many steps and no more. */
const MAX_STEPS = 20_000

/**
 * A value that satisfies a JSON schema, the same one every time: required properties (all of them when none is required),
 * one item per array, first branches, first enum values. The first free string in it is `text`; others are named after
 * their property. Understands local `$ref`s, recursive ones too; `pattern` and `uniqueItems` are not looked at.
 *
 * @returns `null` when the schema cannot be satisfied, or only by something enormous.
 */
export function exampleOfSchema(schema: unknown, text: string): unknown {
  const made = new ExampleMaker(schema, text).make(schema, 'value')
  return made === undefined ? null : made
}

class ExampleMaker {
  readonly #root: unknown
  /** The references being followed. Following one inside itself never leads to a smaller example, so it counts as impossible. */
  readonly #open = new Set<string>(['#'])
  #text: string | undefined
  #steps = 0

  constructor(root: unknown, text: string) {
    this.#root = root
    this.#text = text
  }

  /** An example, or `undefined` when there is none; JSON has no `undefined`. */
  make(schema: unknown, name: string): unknown {
    this.#steps += 1
    if (this.#steps > MAX_STEPS) return undefined
    if (schema === true) return this.#string({}, name)
    if (!isRecord(schema)) return undefined

    const reference = schema['$ref']
    if (typeof reference === 'string') return this.#follow(reference, schema, name)
    if (Object.hasOwn(schema, 'const')) return schema['const']
    if (Array.isArray(schema['enum'])) return firstOfEnum(schema['enum'], schema['type'])

    if (Array.isArray(schema['allOf'])) return this.make(schema['allOf'].reduce(both, without(schema, 'allOf')), name)
    const keyword = ['anyOf', 'oneOf'].find((key) => Array.isArray(schema[key]))
    if (keyword !== undefined) return this.#firstBranch(schema, keyword, name)

    if (schema['default'] !== undefined && schema['default'] !== null) return schema['default']
    if (Array.isArray(schema['examples']) && schema['examples'].length > 0) return schema['examples'][0]
    return this.#firstType(schema, name)
  }

  #follow(reference: string, schema: Schema, name: string): unknown {
    if (this.#open.has(reference)) return undefined
    const found = lookUp(this.#root, reference)
    if (found === undefined) return undefined
    this.#open.add(reference)
    const made = this.make(both(found, without(schema, '$ref')), name)
    this.#open.delete(reference)
    return made
  }

  #firstBranch(schema: Schema, keyword: string, name: string): unknown {
    const rest = without(schema, keyword)
    for (const branch of schema[keyword] as unknown[]) {
      const made = this.#attempt(() => this.make(both(rest, branch), name))
      if (made !== undefined) return made
    }
    return undefined
  }

  #firstType(schema: Schema, name: string): unknown {
    for (const type of typesOf(schema)) {
      const made = this.#attempt(() => this.#ofType(type, schema, name))
      if (made !== undefined) return made
    }
    return undefined
  }

  #ofType(type: unknown, schema: Schema, name: string): unknown {
    switch (type) {
      case 'object':
        return this.#object(schema)
      case 'array':
        return this.#array(schema, name)
      case 'string':
        return this.#string(schema, name)
      case 'integer':
        return exampleNumber(schema, true)
      case 'number':
        return exampleNumber(schema, false)
      case 'boolean':
        return true
      case 'null':
        return null
      default:
        return undefined
    }
  }

  #object(schema: Schema): unknown {
    const properties = isRecord(schema['properties']) ? schema['properties'] : {}
    const required = stringsIn(schema['required'])
    const most = atLeastZero(schema['maxProperties'], Infinity)
    const fewest = atLeastZero(schema['minProperties'], 0)
    const other = schema['additionalProperties'] ?? true
    const members = new Map<string, unknown>()

    for (const key of new Set([...Object.keys(properties).filter((key) => required.has(key)), ...required])) {
      const made = this.make(Object.hasOwn(properties, key) ? properties[key] : other, key)
      if (made === undefined) return undefined
      members.set(key, made)
    }
    const wanted = Math.min(most, required.size === 0 ? Infinity : fewest)
    for (const key of Object.keys(properties)) {
      if (members.size >= wanted) break
      if (members.has(key)) continue
      const made = this.#attempt(() => this.make(properties[key], key))
      if (made !== undefined) members.set(key, made)
    }
    for (let extra = 1; members.size < fewest; extra += 1) {
      const made = this.make(other, `key${extra}`)
      if (made === undefined) return undefined
      members.set(`key${extra}`, made)
    }
    // Own properties whatever they are called, `__proto__` too.
    return Object.fromEntries(members)
  }

  #array(schema: Schema, name: string): unknown {
    const first = Array.isArray(schema['prefixItems']) ? schema['prefixItems'] : []
    const rest = schema['items'] ?? true
    const fewest = atLeastZero(schema['minItems'], 0)
    const wanted = Math.min(Math.max(fewest, first.length, 1), atLeastZero(schema['maxItems'], Infinity))
    const items: unknown[] = []
    while (items.length < wanted) {
      const made = this.#attempt(() => this.make(items.length < first.length ? first[items.length] : rest, name))
      if (made === undefined) return items.length >= fewest ? items : undefined
      items.push(made)
    }
    return items
  }

  #string(schema: Schema, name: string): string {
    const formatted = formatExample(schema['format'])
    if (formatted !== undefined) return formatted
    const text = this.#text ?? name
    this.#text = undefined
    return fitLength(text, schema)
  }

  /** A branch that leads nowhere gives back the text it used up. */
  #attempt(make: () => unknown): unknown {
    const text = this.#text
    const made = make()
    if (made === undefined) this.#text = text
    return made
  }
}

/** What satisfies both schemas: constraints add up, and where they collide the second wins. */
function both(first: unknown, second: unknown): unknown {
  if (first === false || second === false) return false
  if (!isRecord(first)) return second
  if (!isRecord(second)) return first
  const merged: Record<string, unknown> = { ...first, ...second }
  if (isRecord(first['properties']) && isRecord(second['properties'])) {
    merged['properties'] = { ...first['properties'], ...second['properties'] }
  }
  if (Array.isArray(first['required']) && Array.isArray(second['required'])) {
    merged['required'] = [...first['required'], ...second['required']]
  }
  return merged
}

/** Follows a local reference, a JSON pointer behind `#`: RFC 6901. */
function lookUp(root: unknown, reference: string): unknown {
  if (reference === '#') return root
  if (!reference.startsWith('#/')) return undefined
  let at = root
  for (const part of reference.slice(2).split('/')) {
    const key = decoded(part).replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
    at = (at as Schema)[key]
  }
  return at
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** The types to try, `null` last: a value says more. */
function typesOf(schema: Schema): unknown[] {
  const type = schema['type']
  if (Array.isArray(type)) return [...type.filter((one) => one !== 'null'), ...type.filter((one) => one === 'null')]
  if (type !== undefined) return [type]
  if (['properties', 'required', 'additionalProperties', 'minProperties'].some((key) => key in schema))
    return ['object']
  if (['items', 'prefixItems', 'minItems'].some((key) => key in schema)) return ['array']
  if (['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'].some((key) => key in schema)) {
    return ['number']
  }
  return ['string']
}

function firstOfEnum(values: readonly unknown[], type: unknown): unknown {
  const types = Array.isArray(type) ? type : [type]
  return type === undefined ? values[0] : values.find((value) => types.some((one) => isOfType(value, one)))
}

function isOfType(value: unknown, type: unknown): boolean {
  if (type === 'null') return value === null
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return isRecord(value)
  if (type === 'integer') return Number.isInteger(value)
  return typeof value === type
}

function without(schema: Schema, key: string): Schema {
  const { [key]: _, ...rest } = schema
  return rest
}

const stringsIn = (value: unknown): Set<string> =>
  new Set(Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [])

const atLeastZero = (value: unknown, otherwise: number): number =>
  typeof value === 'number' && value >= 0 ? value : otherwise
