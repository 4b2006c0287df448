import type { ModelEntry } from '@speka/core'
import { isRecord } from './read-json.ts'

/**
 * The models in an answer to `GET /models`; `undefined` when that is not what a Speka gateway says. Others list models too, without
 * saying what each is for.
 */
export function modelsIn(answer: unknown): ModelEntry[] | undefined {
  const data = isRecord(answer) ? answer['data'] : undefined
  return Array.isArray(data) && data.every(isModel) ? data : undefined
}

const isModel = (entry: unknown): entry is ModelEntry =>
  isRecord(entry) && typeof entry['id'] === 'string' && typeof entry['endpoint'] === 'string'
