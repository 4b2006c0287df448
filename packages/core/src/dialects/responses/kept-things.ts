import { isRecord } from '../../json.ts'
import type { ResponsesRequest } from './shapes.ts'

/** Fields that name something which OpenAI keeps for whoever holds the key: it would be anybody's behind a gateway. */
const NAMES_OF_KEPT = ['file_id', 'file_ids', 'vector_store_ids', 'container', 'connector_id'] as const

/** The caller's own JSON, whose names are its own affair. */
const OPAQUE = new Set(['parameters', 'schema', 'arguments'])

/** Whether a request refers to something that OpenAI keeps under the provider's key, by an id that is not sealed. */
export const refersToKept = ({ input, tools }: ResponsesRequest): boolean => refers(input) || refers(tools)

function refers(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(refers)
  if (!isRecord(value)) return false
  if (value['type'] === 'item_reference') return true
  if (NAMES_OF_KEPT.some((name) => isName(value[name]))) return true
  return Object.entries(value).some(([name, inner]) => !OPAQUE.has(name) && refers(inner))
}

/** A container that is described is made for the request. */
const isName = (value: unknown): boolean => typeof value === 'string' || Array.isArray(value)
