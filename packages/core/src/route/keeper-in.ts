import type { KeptApi } from '../providers/provider.ts'
import type { OpenedId } from '../sealed-id.ts'
import type { Upstream } from '../transport.ts'
import { responseNotKept } from '../wire/not-kept.ts'
import { refuseUnallowed, type Access } from './find-callable.ts'
import type { ReachableProvider, RoutingTable } from './routing-table.ts'

/** A provider that has something which a caller asks about, and the key that it is kept under. */
export interface Keeper extends ReachableProvider {
  readonly api: KeptApi
  readonly upstream: Upstream
}

/**
 * Who has what an id leads to. Nobody else is asked.
 *
 * @param kept where it leads; `undefined`: nowhere.
 * @throws SpekaError `endpoint_not_allowed`; `response_not_found` for whatever the caller may not see, is another's or is not there.
 */
export function keeperIn(table: RoutingTable, kept: OpenedId | undefined, access: Access): Keeper {
  refuseUnallowed('chat', access)
  const { allowedProviders, sandboxOnly } = access
  const mayAsk = kept !== undefined && sandboxOnly !== true && allowedProviders?.includes(kept.provider) !== false
  const place = mayAsk ? table.place(kept.provider) : undefined
  const upstream = place?.keys.find((key) => kept?.isOf(key) === true)
  const api = place?.adapter.kept
  if (place === undefined || upstream === undefined || api === undefined) throw responseNotKept()
  return { ...place, api, upstream, keys: place.keys }
}
