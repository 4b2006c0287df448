/** What is taken of a JSON Schema (draft 2020-12), as zod writes it. */
interface JsonSchema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | JsonSchema
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly schema: JsonSchema
}

type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>

interface DescribedOperation {
  readonly summary: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly required: boolean; readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> }
}

/** Where the console has the types of the management API, as seen from the root of the repository. */
export const schemaFile = 'packages/console/src/api/schema.ts'

/**
 * The types of an API that is described in OpenAPI 3.1, in the shape that `openapi-fetch` reads: what each path takes
 * and answers.
 *
 * @throws Error at a part of JSON Schema that is not written here yet
 */
export function schemaText(description: Record<string, unknown>): string {
  const { paths, components } = description as unknown as Description
  return [
    '// Made by `npm run providers` from the schemas that the management API checks its input by. Not edited by hand.',
    '',
    'export interface paths {',
    ...Object.entries(paths).flatMap(([path, methods]) => [
      `  ${quoted(path)}: {`,
      ...Object.entries(methods).flatMap(([method, operation]) => operationLines(method, operation)),
      '  }',
    ]),
    '}',
    '',
    'export interface components {',
    '  schemas: {',
    ...Object.entries(components.schemas).map(([name, schema]) => `    ${name}: ${typeOf(schema)}`),
    '  }',
    '}',
    '',
  ].join('\n')
}

const operationLines = (method: string, { summary, parameters = [], requestBody, responses }: DescribedOperation) => [
  `    /** ${summary} */`,
  `    ${method}: {`,
  '      parameters: {',
  ...['query', 'header', 'path'].map((place) => parametersLine(place, parameters)),
  '      }',
  ...(requestBody === undefined
    ? []
    : [`      requestBody${requestBody.required ? '' : '?'}: { content: ${contentType(requestBody.content)} }`]),
  '      responses: {',
  ...Object.entries(responses).map(
    ([status, { content }]) =>
      `        ${status}: { content: ${content === undefined ? '{ [type: string]: never }' : contentType(content)} }`,
  ),
  '      }',
  '    }',
]

function parametersLine(place: string, parameters: readonly Parameter[]): string {
  const here = parameters.filter((parameter) => parameter.in === place)
  if (here.length === 0) return `        ${place}?: never`
  const isRequired = here.some(({ required }) => required === true)
  const fields = here.map(({ name, required, schema }) => field(name, required === true, schema))
  return `        ${place}${isRequired ? '' : '?'}: { ${fields.join('; ')} }`
}

const contentType = (content: Content): string =>
  `{ ${Object.entries(content)
    .map(([type, { schema }]) => `${quoted(type)}: ${typeOf(schema)}`)
    .join('; ')} }`

function typeOf(schema: JsonSchema): string {
  const { $ref, const: only, enum: values, anyOf, oneOf, type } = schema
  if ($ref !== undefined) return `components['schemas'][${quoted($ref.replace('#/components/schemas/', ''))}]`
  if (only !== undefined) return literal(only)
  if (values !== undefined) return values.map(literal).join(' | ')
  const either = anyOf ?? oneOf
  if (either !== undefined) return either.map(typeOf).join(' | ')
  if (type === undefined) return 'unknown'
  if (typeof type !== 'string') return type.map((each) => typeOf({ ...schema, type: each })).join(' | ')
  return typesByName[type]?.(schema) ?? unwritten(type)
}

const typesByName: Readonly<Record<string, (schema: JsonSchema) => string>> = {
  string: () => 'string',
  number: () => 'number',
  integer: () => 'number',
  boolean: () => 'boolean',
  null: () => 'null',
  array: ({ items }) => `(${items === undefined ? 'unknown' : typeOf(items)})[]`,
  object: objectType,
}

function objectType({ properties = {}, required = [], additionalProperties }: JsonSchema): string {
  const fields = Object.entries(properties).map(([name, schema]) => field(name, required.includes(name), schema))
  if (fields.length > 0) return `{ ${fields.join('; ')} }`
  const values = typeof additionalProperties === 'object' ? typeOf(additionalProperties) : 'unknown'
  return additionalProperties === false ? 'Record<string, never>' : `Record<string, ${values}>`
}

const field = (name: string, required: boolean, schema: JsonSchema): string =>
  `${/^\w+$/.test(name) ? name : quoted(name)}${required ? '' : '?'}: ${typeOf(schema)}${required ? '' : ' | undefined'}`

const unwritten = (type: string): never => {
  throw new Error(`schema-text.ts does not write the type ${type} yet.`)
}

const literal = (value: unknown): string => (typeof value === 'string' ? quoted(value) : JSON.stringify(value))

const quoted = (text: string): string => `'${text.replaceAll(/['\\]/g, '\\$&')}'`
