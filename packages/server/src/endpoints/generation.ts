import { SpekaError } from '@speka/core'
import { openKept, type IdSeal } from '@speka/core/internal'
import type { KeyedExchange } from '../http/exchange.ts'
import { respondJson } from '../http/respond.ts'
import { viewRequest } from '../operations/request-view.ts'
import type { Ledger } from '../store/store.ts'

/** `GET /v1/generation?id=`: one usage record of the calling key, by request id or by the id in the answer. */
export function showGeneration(ledger: Ledger, idSeal: IdSeal) {
  return async ({ id, response, query, key }: KeyedExchange): Promise<void> => {
    const asked = query.get('id')
    if (asked === null || asked === '') {
      throw new SpekaError(
        'missing_required_parameter',
        'Say which: ?id= with the x-request-id of an answer, or with its id.',
        { param: 'id' },
      )
    }
    // The id of a response is sealed where an upstream keeps it, else the request's own in the dress that such ids wear.
    const kept = openKept('resp', { idSeal, account: key.account, keyId: key.id }, asked)
    const record = await ledger.find(kept?.id ?? asked.replace(/^resp_(?=[0-9a-f]{8}-)/, ''), key.id)
    if (record === undefined)
      throw new SpekaError('generation_not_found', 'This key has no finished request with that id.', { param: 'id' })
    respondJson(response, id, viewRequest(record))
  }
}
