import type { IDataObject, INodeProperties } from 'n8n-workflow'
import type { ResponseFormat } from '@speka/core'
import { readSchema } from '../../shared/index.ts'
import type { ActionContext } from '../action.ts'

const exampleSchema = `{
  "type": "object",
  "properties": {
    "city": { "type": "string" },
    "country": { "type": "string" }
  },
  "required": ["city", "country"],
  "additionalProperties": false
}`

export const outputFields: INodeProperties[] = [
  {
    displayName: 'Output Format',
    name: 'outputFormat',
    type: 'options',
    options: [
      { name: 'Text', value: 'text' },
      { name: 'JSON', value: 'json_object', description: 'Any JSON. Say so in a message too.' },
      { name: 'JSON Schema', value: 'json_schema', description: 'JSON of the shape you give' },
    ],
    default: 'text',
    description: 'What the answer must look like. JSON also comes out parsed, as <code>data</code>.',
  },
  {
    displayName: 'JSON Schema',
    name: 'jsonSchema',
    type: 'json',
    typeOptions: { rows: 8 },
    default: exampleSchema,
    displayOptions: { show: { outputFormat: ['json_schema'] } },
    description: 'The shape of the answer',
  },
]

/**
 * The response format that the item asks for; `undefined` for text.
 *
 * @throws NodeOperationError
 */
export function readResponseFormat({ n8n, itemIndex, place }: ActionContext): { body: ResponseFormat } | undefined {
  const format = n8n.getNodeParameter('outputFormat', itemIndex, 'text')
  if (format === 'json_object') return { body: { type: 'json_object' } }
  if (format !== 'json_schema') return undefined
  const schema = readSchema(n8n.getNodeParameter('jsonSchema', itemIndex, ''), 'JSON Schema', place)
  // `strict` asks of a schema what few people write: every property required, no others allowed.
  const strict = schema['additionalProperties'] === false
  return { body: { type: 'json_schema', json_schema: { name: 'answer', schema, strict } } }
}

/** The data in a text of JSON, also where a model has put a fence around it; `null` when it is none. */
export function parseAnswer(text: unknown): IDataObject | null {
  if (typeof text !== 'string') return null
  const bare = text.trim().replace(/^```(?:json)?\s*([\s\S]*?)\s*```$/, '$1')
  try {
    return JSON.parse(bare) as IDataObject
  } catch {
    return null
  }
}
