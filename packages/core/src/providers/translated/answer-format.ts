import { SpekaError } from '../../errors.ts'
import { isRecord, type Json } from '../../json.ts'
import { wrong } from '../../wire/check-field.ts'

/** What form the answer shall have. */
export interface AnswerFormat {
  readonly json: boolean
  /** The JSON schema it shall be valid under. */
  readonly schema?: Json
}

/**
 * Reads `response_format`.
 *
 * @throws SpekaError `invalid_value` with the field in `param`.
 */
export function answerFormat(format: unknown): AnswerFormat {
  if (!isRecord(format) || format['type'] === 'text') return { json: false }
  if (format['type'] === 'json_object') return { json: true }
  if (format['type'] !== 'json_schema') {
    const param = 'response_format.type'
    throw new SpekaError('invalid_value', `"${param}" must be "text", "json_object" or "json_schema".`, { param })
  }
  const named = format['json_schema']
  const schema = isRecord(named) ? named['schema'] : undefined
  if (schema === undefined || schema === null) return { json: true }
  if (!isRecord(schema)) throw wrong('response_format.json_schema.schema', { article: 'a JSON schema', is: isRecord })
  return { json: true, schema }
}
