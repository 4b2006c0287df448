import { isRecord } from '../../json.ts'
import type { ChatRequest, ResponseFormat } from '../../operations/chat/chat.ts'
import { missing, object, wrong } from '../../wire/check-field.ts'
import type { ResponsesRequest } from './shapes.ts'
import { unsupported } from '../refuse-fields.ts'

type JsonSchema = Extract<ResponseFormat, { type: 'json_schema' }>['json_schema']

/**
 * `text`, and what it is called in chat: the form of the answer, and how long-winded it may be.
 *
 * @throws SpekaError `missing_required_parameter`, `invalid_value` or `unsupported_parameter`
 */
export function formatToChat(asked: ResponsesRequest['text']): Partial<ChatRequest> {
  const { format, verbosity } = asked ?? {}
  return { ...formatOf(format), ...(verbosity != null && { verbosity }) }
}

function formatOf(format: unknown): Partial<ChatRequest> {
  if (format === undefined || format === null) return {}
  if (!isRecord(format)) throw wrong('text.format', object)
  switch (format['type']) {
    case 'text':
      return {}
    case 'json_object':
      return { response_format: { type: 'json_object' } }
    case 'json_schema':
      return { response_format: { type: 'json_schema', json_schema: schemaOf(format) } }
    default:
      throw unsupported('text.format.type', '"text.format.type" must be "text", "json_object" or "json_schema".')
  }
}

function schemaOf(format: Readonly<Record<string, unknown>>): JsonSchema {
  const { name, description, schema, strict } = format
  if (typeof name !== 'string' || name === '') throw missing('text.format.name', "the schema's name")
  if (schema === undefined || schema === null) throw missing('text.format.schema', 'the JSON schema of the answer')
  if (!isRecord(schema)) throw wrong('text.format.schema', object)
  return {
    name,
    schema,
    ...(typeof description === 'string' && { description }),
    ...(typeof strict === 'boolean' && { strict }),
  }
}
