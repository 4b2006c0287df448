import { SpekaError } from '../errors.ts'
import type { ModelEntry } from './models.ts'

/**
 * A model as Anthropic's API shows it.
 *
 * https://docs.claude.com/en/api/models-list
 */
export interface AnthropicModel {
  type: 'model'
  id: string
  display_name: string
  /** Of a model whose date nobody has recorded: the epoch, as Anthropic does. */
  created_at: string
  /** In tokens; `null` where nobody said. */
  max_input_tokens: number | null
  max_tokens: null
  capabilities: null
}

export interface AnthropicPage {
  data: AnthropicModel[]
  has_more: boolean
  first_id: string | null
  last_id: string | null
}

/** What can be asked for a message is what can be asked for chat. */
export const isForMessages = ({ endpoints }: ModelEntry): boolean => endpoints.includes('chat')

export const anthropicModel = ({ id, name = id, context_window: window }: ModelEntry): AnthropicModel => ({
  type: 'model',
  id,
  display_name: name,
  created_at: new Date(0).toISOString(),
  max_input_tokens: window ?? null,
  max_tokens: null,
  capabilities: null,
})

/**
 * One page of a list, by `limit`, `after_id` and `before_id`.
 *
 * @throws SpekaError `invalid_value`
 */
export function anthropicPage(models: readonly ModelEntry[], query: URLSearchParams): AnthropicPage {
  const limit = limitIn(query.get('limit'))
  const after = cursorIn('after_id', query, models)
  const before = cursorIn('before_id', query, models)
  if (after !== undefined && before !== undefined) throw refused('after_id', 'Send after_id or before_id, not both.')
  const from = before === undefined ? (after ?? -1) + 1 : Math.max(0, before - limit)
  const to = before ?? from + limit
  const data = models.slice(from, to).map(anthropicModel)
  return {
    data,
    has_more: before === undefined ? to < models.length : from > 0,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  }
}

/** As many as Anthropic has in a page by default, and at the most. */
const USUAL = 20
const MOST = 1000

function limitIn(text: string | null): number {
  if (text === null) return USUAL
  const limit = Number(text)
  if (/^\d+$/.test(text) && limit >= 1 && limit <= MOST) return limit
  throw refused('limit', `limit must be a whole number from 1 to ${MOST}.`)
}

function cursorIn(name: string, query: URLSearchParams, models: readonly ModelEntry[]): number | undefined {
  const id = query.get(name)
  if (id === null || id === '') return undefined
  const at = models.findIndex((model) => model.id === id)
  if (at === -1) throw refused(name, `${name} must be the id of a model that is listed.`)
  return at
}

const refused = (param: string, message: string): SpekaError => new SpekaError('invalid_value', message, { param })
