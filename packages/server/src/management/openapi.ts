import { z } from 'zod'
import { listRequests, requestLine } from '../operations/list-requests.ts'
import { takes } from '../operations/operation.ts'
import { LIVE_ANSWERS_PATH, liveInput } from './live-answers.ts'
import { LIVE_PATH, meaningless } from './live-requests.ts'
import type { DescribedRow, ManagementRow } from './management-route.ts'
import { isList } from './page.ts'
import { playgroundInput, playgroundRows, type PlaygroundRow } from './playground-rows.ts'
import { passkeyRows } from './passkey-rows.ts'
import { sessionRows } from './session-rows.ts'
import { signInRows } from './sign-in-rows.ts'

/** JSON Schema of an object, as far as it is taken apart here. */
interface ObjectSchema {
  readonly properties?: Readonly<Record<string, unknown>>
  readonly required?: readonly string[]
}

/**
 * The description of the management API, OpenAPI 3.1, made from the schemas that its inputs are checked by, so that it
 * says what is true.
 *
 * @see https://spec.openapis.org/oas/v3.1.0
 */
export function describeManagement(rows: readonly ManagementRow[]): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const row of [...rows, ...sessionRows, ...signInRows, ...passkeyRows])
    (paths[row.path] ??= {})[row.method.toLowerCase()] = described(row)
  paths[LIVE_PATH] = { get: live() }
  paths[LIVE_ANSWERS_PATH] = { get: liveAnswers(rows) }
  for (const row of playgroundRows) paths[row.path] = { post: played(row) }
  return {
    openapi: '3.1.0',
    info: { title: 'Speka management API', version: '1' },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'The admin token, or one made by it.' },
      },
      schemas: { Problem: problem },
    },
  }
}

function described({ method, path, summary, operation, status }: DescribedRow): Record<string, unknown> {
  const { properties = {}, required = [] } = inputSchema(operation.input)
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '')
  const others = Object.entries(properties).filter(([name]) => !inPath.includes(name))
  const isRequired = (name: string): boolean => required.includes(name)
  const parameters = [
    ...inPath.map((name) => ({ name, in: 'path', required: true, schema: properties[name] ?? { type: 'string' } })),
    ...(method === 'GET'
      ? others.map(([name, schema]) => ({ name, in: 'query', required: isRequired(name), schema }))
      : []),
    ...(method === 'POST' ? [repeatKey] : []),
    ...(method !== 'GET' && takes(operation, 'revision') ? [expected] : []),
  ]
  const body = {
    type: 'object',
    properties: Object.fromEntries(others),
    required: others.map(([name]) => name).filter(isRequired),
    additionalProperties: false,
  }
  return {
    summary,
    operationId: operationId(method, path),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(method === 'GET' || others.length === 0
      ? {}
      : { requestBody: { required: body.required.length > 0, content: { 'application/json': { schema: body } } } }),
    responses: {
      [status ?? 200]: {
        description: summary,
        content: { 'application/json': { schema: answerSchema(operation) } },
      },
      default: wrong,
    },
  }
}

const wrong = {
  description: 'What went wrong, as RFC 9457 tells it.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
}

const repeatKey = {
  name: 'idempotency-key',
  in: 'header',
  description: 'The same for each repetition: it is done once, and answered alike for 24 hours.',
  schema: { type: 'string', pattern: '^[!-~]{1,255}$' },
}

const expected = {
  name: 'if-match',
  in: 'header',
  description: 'The etag of what was seen: what has been changed since is left alone, and answered with 412.',
  schema: { type: 'string' },
}

/** The live tail, whose answer is a stream. */
function live(): Record<string, unknown> {
  const { properties = {} } = inputSchema(listRequests.input)
  const filters = Object.entries(properties).filter(([name]) => !meaningless.includes(name))
  return {
    summary: 'Show requests as they are put on record, as server-sent events.',
    operationId: operationId('GET', LIVE_PATH),
    parameters: filters.map(([name, schema]) => ({ name, in: 'query', required: false, schema })),
    responses: {
      200: {
        description: 'Events called `request`, whose data is one as the list has it.',
        content: { 'text/event-stream': { schema: { type: 'string' }, 'x-event-data': schemaOf(requestLine) } },
      },
      default: wrong,
    },
  }
}

/** What is answered as at `/v1`, whose description has the rest. */
function played({ path, summary, answers }: PlaygroundRow): Record<string, unknown> {
  const { properties = {} } = inputSchema(playgroundInput)
  const anything = { type: 'object', additionalProperties: true, description: `As at ${answers}.` }
  return {
    summary,
    operationId: operationId('POST', path),
    parameters: [
      ...Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: false, schema })),
      repeatKey,
    ],
    requestBody: { required: true, content: { 'application/json': { schema: anything } } },
    responses: {
      200: {
        description: `As at ${answers}: as JSON, or as server-sent events when the request asks for a stream.`,
        content: { 'application/json': { schema: anything }, 'text/event-stream': { schema: { type: 'string' } } },
      },
      default: {
        description: `A problem when the key cannot be used by whoever asks; from there on an error as at ${answers}.`,
        content: { ...wrong.content, 'application/json': { schema: anything } },
      },
    },
  }
}

/** Whatever answer is watched, as a stream. */
function liveAnswers(rows: readonly ManagementRow[]): Record<string, unknown> {
  const { properties = {} } = inputSchema(liveInput)
  const watched = rows.filter(({ isLive }) => isLive === true).map(({ path }) => `\`${path}\``)
  return {
    summary: 'Show the answer to another request, and what changes in it, as server-sent events.',
    description: `What can be watched: ${watched.join(', ')}.`,
    operationId: operationId('GET', LIVE_ANSWERS_PATH),
    parameters: Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: true, schema })),
    responses: {
      200: {
        description:
          'Events called `answer`, whose data is the whole answer, and `change`, whose data are places in it with what is there now.',
        content: { 'text/event-stream': { schema: { type: 'string' }, 'x-event-data': changes } },
      },
      default: wrong,
    },
  }
}

const changes = {
  type: 'array',
  description:
    'Each a place, as the names of fields and the numbers of places in lists, and the value that is there now.',
  items: { type: 'array', minItems: 2, maxItems: 2 },
}

function answerSchema(operation: DescribedRow['operation']): unknown {
  if (operation.output === undefined) return {}
  const schema = schemaOf(operation.output)
  if (!isList(operation)) return schema
  return {
    type: 'object',
    required: ['data', 'next'],
    properties: {
      data: schema,
      next: { type: ['string', 'null'], description: 'What to say as `after` to get what follows.' },
    },
  }
}

const inputSchema = (schema: z.ZodType): ObjectSchema =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as ObjectSchema

const schemaOf = (schema: z.ZodType): unknown => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' })
  return rest
}

/** `post_keys_id_rotate` */
const operationId = (method: string, path: string): string =>
  [method.toLowerCase(), ...path.replace('/api/v1/', '').split(/[/.]/)].join('_').replace(/[{}]/g, '')

const problem = {
  type: 'object',
  required: ['status', 'title', 'detail', 'code'],
  properties: {
    status: { type: 'integer' },
    title: { type: 'string' },
    detail: { type: 'string', description: 'What happened, and what to do next.' },
    code: { type: 'string', description: 'What went wrong, for programs.' },
    param: { type: 'string', description: 'The field at fault, where one is.' },
  },
}
