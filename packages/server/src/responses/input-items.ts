import { SpekaError } from '@speka/core'
import { isRecord, type Json } from '@speka/core/internal'
import type { Conversation } from './seal-response.ts'

const MOST_ITEMS = 100
const ITEMS = 20

/** How the ids of items begin that came without one, by their types. */
const ID_PREFIXES: ReadonlyMap<unknown, string> = new Map([
  ['message', 'msg'],
  ['reasoning', 'rs'],
  ['function_call', 'fc'],
  ['function_call_output', 'fco'],
  ['image_generation_call', 'ig'],
])

/**
 * A page of what a response was asked with, the conversation before it included.
 *
 * @param of what ids of items are made of that have none.
 * @throws SpekaError `invalid_value`
 * @see https://platform.openai.com/docs/api-reference/responses/input-items
 */
export function listInputItems({ input }: Conversation, of: string, query: URLSearchParams): Json {
  const limit = limitIn(query)
  const isAscending = orderIn(query) === 'asc'
  const items = itemsIn(JSON.parse(input.toString('utf8'))).map((item, index) => shown(item, of, index))
  const inOrder = isAscending ? items : items.toReversed()
  const start = placeOf('after', query, inOrder, -1) + 1
  const end = placeOf('before', query, inOrder, inOrder.length)
  const data = inOrder.slice(start, Math.min(end, start + limit))
  return {
    object: 'list',
    data,
    first_id: data[0]?.['id'] ?? null,
    last_id: data.at(-1)?.['id'] ?? null,
    has_more: start + data.length < end,
  }
}

const itemsIn = (input: unknown): unknown[] =>
  Array.isArray(input) ? (input as unknown[]) : [{ role: 'user', content: input }]

/** An item as this API tells of it, whatever shorthand it came in. */
function shown(item: unknown, of: string, index: number): Json {
  const { type: said, id, status, content, ...rest } = isRecord(item) ? item : {}
  const type = said ?? 'message'
  const isModels = rest['role'] === 'assistant'
  return {
    id: typeof id === 'string' ? id : `${ID_PREFIXES.get(type) ?? 'item'}_${of}_in${index}`,
    type,
    status: status ?? 'completed',
    ...rest,
    ...(content !== undefined && { content: partsOf(content, isModels) }),
  }
}

function partsOf(content: unknown, isModels: boolean): unknown {
  if (typeof content !== 'string') return content
  return [isModels ? { type: 'output_text', text: content, annotations: [] } : { type: 'input_text', text: content }]
}

function limitIn(query: URLSearchParams): number {
  const text = query.get('limit')
  if (text === null) return ITEMS
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (limit >= 1 && limit <= MOST_ITEMS) return limit
  throw new SpekaError('invalid_value', `"limit" must be a whole number from 1 to ${MOST_ITEMS}.`, { param: 'limit' })
}

function orderIn(query: URLSearchParams): string {
  const order = query.get('order') ?? 'desc'
  if (order === 'asc' || order === 'desc') return order
  throw new SpekaError('invalid_value', '"order" must be asc or desc.', { param: 'order' })
}

function placeOf(param: 'after' | 'before', query: URLSearchParams, items: readonly Json[], otherwise: number): number {
  const id = query.get(param)
  if (id === null) return otherwise
  const place = items.findIndex((item) => item['id'] === id)
  if (place !== -1) return place
  throw new SpekaError('invalid_value', `"${param}" must be the id of one of the items.`, { param })
}
