import { NodeOperationError } from 'n8n-workflow'
import type { ErrorPlace } from './node-error.ts'

/**
 * The value of a parameter of type JSON: n8n hands over text as typed, or an object when an expression made one. `undefined`
 * when it is empty.
 *
 * @param name as the editor shows it
 * @throws NodeOperationError
 */
export function readJson(value: unknown, name: string, place: ErrorPlace): unknown {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') return value
  if (value.trim() === '') return undefined
  try {
    return JSON.parse(value)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new NodeOperationError(place.node, `"${name}" is not valid JSON.`, {
      itemIndex: place.itemIndex,
      description: `${why}. Names and texts need double quotes, and the last entry no comma after it.`,
    })
  }
}

/**
 * The same for a parameter that must be an object.
 *
 * @throws NodeOperationError
 */
export function readJsonObject(value: unknown, name: string, place: ErrorPlace): Record<string, unknown> | undefined {
  const read = readJson(value, name, place)
  if (read === undefined || isRecord(read)) return read
  throw new NodeOperationError(place.node, `"${name}" must be a JSON object.`, {
    itemIndex: place.itemIndex,
    description: `It starts with { and ends with }. What is there is ${Array.isArray(read) ? 'a list' : typeof read}.`,
  })
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value of a body, whatever it is; `undefined` when it is no JSON. */
export function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
