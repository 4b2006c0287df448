import { readFileSync } from 'node:fs'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { amend } from './amendments.ts'
import type { Description } from './cut-description.ts'
import { type Components, mapSchema, type Schema } from './schema.ts'
import { type Shape, shapes } from './shapes.ts'
import { toJsonSchemas } from './to-json-schema.ts'

/** Longer values are shown by their beginning. */
const SHOWN_CHARACTERS = 200

/** Where a time in seconds is one in milliseconds: in the year 5138. */
const TOO_LATE = 1e11

/** The component that each schema is part of, for ajv does not tell. */
const owners = new Map<unknown, string>()

/** Read when the first value comes: many a process that could be asked never is. */
let ajv: Ajv2020 | undefined

const validators = new Map<Shape, ValidateFunction>()

function readDescription(): Ajv2020 {
  const made = new Ajv2020({ strict: false, strictSchema: true, allErrors: true, verbose: true, inlineRefs: false })
  addFormats.default(made, { mode: 'fast' })
  made.addFormat('unixtime', { type: 'number', validate: (time: number) => time >= 0 && time < TOO_LATE })
  made.addKeyword('components')
  made.addSchema({ $id: 'openai', components: { schemas: ownedSchemas() } })
  return made
}

function ownedSchemas(): Components {
  const description: Description = JSON.parse(
    readFileSync(new URL('__fixtures__/openai-openapi.json', import.meta.url), 'utf8'),
  )
  const schemas: Record<string, Schema> = {}
  for (const [component, whole] of Object.entries(toJsonSchemas(amend(description.components.schemas)))) {
    schemas[component] = mapSchema(whole, (schema) => {
      owners.set(schema, component)
      return schema
    })
  }
  return schemas
}

/**
 * Passes when OpenAI's published description allows `value` as what `shape` names. What it does not mention is allowed.
 *
 * @throws Error that names the component, the place in the value and what stands there.
 *
 * @example
 * conforms('chat completion', await response.json())
 */
export function conforms(shape: Shape, value: unknown): void {
  const deviations = deviationsFrom(shape, value)
  if (deviations.length === 0) return
  throw new Error(`This is no ${shape} as OpenAI describes one:\n${deviations.map((one) => `  ${one}`).join('\n')}`)
}

/** All that {@link conforms} would complain about, a line each. */
export function deviationsFrom(shape: Shape, value: unknown): string[] {
  const validate = validatorOf(shape)
  if (validate(value)) return []
  const all = validate.errors ?? []
  const ofWrongType = new Set(all.filter(({ keyword }) => keyword === 'type').map(({ instancePath }) => instancePath))
  // What follows from another error says nothing more.
  const follows = ({ keyword, instancePath }: ErrorObject): boolean =>
    keyword === 'if' || (keyword === 'enum' && ofWrongType.has(instancePath))
  const telling = all.filter((error) => !follows(error))
  const errors = telling.length > 0 ? telling : all
  return [...new Set(errors.map((error) => lineOf(shape, error, errors)))]
}

function validatorOf(shape: Shape): ValidateFunction {
  const known = validators.get(shape)
  if (known !== undefined) return known
  ajv ??= readDescription()
  const made = ajv.compile({ $ref: `openai#/components/schemas/${shapes[shape]}` })
  validators.set(shape, made)
  return made
}

function lineOf(shape: Shape, error: ErrorObject, all: readonly ErrorObject[]): string {
  const { instancePath, parentSchema, message, params, data } = error
  const component = owners.get(parentSchema) ?? shapes[shape]
  const place = instancePath === '' ? component : `${component} at ${instancePath}`
  if (error.keyword === 'required') {
    const lacking = all.filter((other) => other.keyword === 'required' && other.instancePath === instancePath)
    return `${place} lacks ${lacking.map((one) => one.params['missingProperty']).join(', ')}: ${shown(data)}`
  }
  const allowed = params['allowedValues'] ?? params['allowedValue']
  return `${place} ${message}${allowed === undefined ? '' : ` ${shown(allowed)}`}: ${shown(data)}`
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`
}
