import { SpekaError, type ModelList } from '@speka/core'
import {
  anthropicModel,
  anthropicPage,
  findCallable,
  isForMessages,
  modelEntry,
  type Access,
} from '@speka/core/internal'
import type { LiveConfig } from '../config/live-config.ts'
import { isAnthropics } from '../http/envelope.ts'
import type { KeyedExchange } from '../http/exchange.ts'
import type { KeyRecord } from '../store/store.ts'
import { respondJson } from '../http/respond.ts'

/** `GET /v1/models`: what can be called now; with `?all=true` the whole catalog. In the shape of whose API was asked. */
export function listModels(live: LiveConfig) {
  return ({ id, receivedAt, request, response, query, key }: KeyedExchange): void => {
    const all = query.get('all') === 'true'
    const { models } = live.current.engine.table
    const shown = all ? models : models.filter(({ model }) => isCallable(model.id, key, live))
    const entries = shown.map((routed) => modelEntry(routed, receivedAt))
    if (isAnthropics(request)) {
      response.setHeader('request-id', id)
      respondJson(response, id, anthropicPage(entries.filter(isForMessages), query))
      return
    }
    const list: ModelList = { object: 'list', data: entries }
    respondJson(response, id, list)
  }
}

/**
 * `GET /v1/models/{id}`: the id may be written with a raw slash or with `%2F`.
 *
 * @param above what of the path is not the id.
 */
export function oneModel(live: LiveConfig, above: string) {
  return ({ id, receivedAt, request, response, path, key }: KeyedExchange): void => {
    const asked = decode(path.slice(above.length))
    const routed = findCallable(asked, accessOf(key), live.current.engine.table)
    const entry = modelEntry(routed, receivedAt)
    if (isAnthropics(request)) {
      response.setHeader('request-id', id)
      respondJson(response, id, anthropicModel(entry))
    } else respondJson(response, id, entry)
  }
}

const accessOf = (key: KeyRecord): Access => ({
  sandboxOnly: key.mode === 'test',
  allowedModels: key.limits.models,
  allowedEndpoints: key.limits.endpoints,
  allowedProviders: key.limits.providers,
})

function isCallable(id: string, key: KeyRecord, live: LiveConfig): boolean {
  try {
    const { model, targets } = findCallable(id, accessOf(key), live.current.engine.table)
    const { endpoints = model.endpoints } = key.limits
    return targets.length > 0 && model.endpoints.some((endpoint) => endpoints.includes(endpoint))
  } catch (error) {
    if (SpekaError.is(error)) return false
    throw error
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (cause) {
    throw new SpekaError('model_not_found', 'The model id in the path is not encoded properly.', {
      param: 'model',
      cause,
    })
  }
}
