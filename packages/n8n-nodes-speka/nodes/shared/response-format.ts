import type { ResponseFormat } from '@speka/core'
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow'
import type { ErrorPlace } from './node-error.ts'
import { readSchema } from './read-schema.ts'

const exampleSchema = `{
  "type": "object",
  "properties": {
    "city": { "type": "string" },
    "country": { "type": "string" }
  },
  "required": ["city", "country"],
  "additionalProperties": false
}`

/** What an answer may look like. */
export const formatChoices: INodePropertyOptions[] = [
  { name: 'Text', value: 'text' },
  { name: 'JSON', value: 'json_object', description: 'Any JSON. Say so in the prompt too.' },
  { name: 'JSON Schema', value: 'json_schema', description: 'JSON of the shape you give' },
]

/**
 * The field for the schema.
 *
 * @param format the name of the parameter beside it that has {@link formatChoices}
 */
export const schemaField = (format: string): INodeProperties => ({
  displayName: 'JSON Schema',
  name: 'jsonSchema',
  type: 'json',
  typeOptions: { rows: 8 },
  default: exampleSchema,
  displayOptions: { show: { [format]: ['json_schema'] } },
  description: 'The shape of the answer',
})

/**
 * The response format of a request; `undefined` for text.
 *
 * @throws NodeOperationError when the schema is none
 */
export function responseFormatOf(format: unknown, schema: unknown, place: ErrorPlace): ResponseFormat | undefined {
  if (format === 'json_object') return { type: 'json_object' }
  if (format !== 'json_schema') return undefined
  const read = readSchema(schema, 'JSON Schema', place)
  // `strict` asks of a schema what few people write: every property required, no others allowed.
  const strict = read['additionalProperties'] === false
  return { type: 'json_schema', json_schema: { name: 'answer', schema: read, strict } }
}
