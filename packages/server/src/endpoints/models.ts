import { modelEntry, planRoute, SpekaError, type ModelList } from '@speka/core'
import type { LiveConfig } from '../config/live-config.ts'
import type { KeyedExchange } from '../http/exchange.ts'
import { respondJson } from '../http/respond.ts'

/** `GET /v1/models`: what can be called now; with `?all=true` the whole catalog. */
export function listModels(live: LiveConfig) {
  return ({ id, receivedAt, response, query, key }: KeyedExchange): void => {
    const all = query.get('all') === 'true'
    const { models } = live.current.engine.table
    const shown = models.filter(
      ({ model, targets }) => (all || targets.length > 0) && (key.mode === 'live' || model.id === 'speka/sandbox'),
    )
    const list: ModelList = { object: 'list', data: shown.map((routed) => modelEntry(routed, receivedAt)) }
    respondJson(response, id, list)
  }
}

/** `GET /v1/models/{id}`: the id may be written with a raw slash or with `%2F`. */
export function oneModel(live: LiveConfig) {
  return ({ id, receivedAt, response, path, key }: KeyedExchange): void => {
    const asked = decode(path.slice('/v1/models/'.length))
    const { table } = live.current.engine
    const routed = table.find(asked)
    // Planning a call to it gives the very error that a call would get.
    if (routed === undefined)
      planRoute({ endpoint: 'chat', model: asked, models: [], sandboxOnly: key.mode === 'test' }, table, {})
    else respondJson(response, id, modelEntry(routed, receivedAt))
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
