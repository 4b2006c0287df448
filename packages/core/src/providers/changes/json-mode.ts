import { isRecord } from '../../json.ts'
import type { Change, Rewrite } from '../openai-compatible/chat-rules.ts'

/** For upstreams that promise JSON but no schema: the schema is told in words, and that nothing enforces it is said. */
export const schemaAsJsonObject: Change = {
  says: '`json_schema` becomes `json_object`, and the schema is told in a system message',
  becomes: (value) => ({ response_format: schemaIn(value) === undefined ? value : { type: 'json_object' } }),
  loses: (value) => (schemaIn(value) === undefined ? undefined : 'response_format.json_schema'),
}

/** The other half of {@link schemaAsJsonObject}. */
export const schemaInWords: Rewrite = {
  says: 'a JSON schema is added as a system message',
  rewrite: (value, asked) => {
    const schema = schemaIn(asked.field('response_format'))
    if (schema === undefined || !Array.isArray(value)) return value
    const content = `Answer with a JSON object that fits this JSON schema, and nothing else:\n${JSON.stringify(schema)}`
    return [{ role: 'system', content }, ...(value as unknown[])]
  },
}

/** The schema that a response format wants; `undefined` when it is of another type. One without a schema allows any object. */
export function schemaIn(format: unknown): unknown {
  if (!isRecord(format) || format['type'] !== 'json_schema') return undefined
  const { json_schema: wanted } = format
  return (isRecord(wanted) ? wanted['schema'] : undefined) ?? { type: 'object' }
}
