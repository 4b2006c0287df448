import type { Ledger } from '../store/store.ts'
import type { Visit } from '../http/exchange.ts'
import { respondJson } from '../http/respond.ts'

/** `GET /healthz`: the process is alive. */
export const alive = ({ id, response }: Visit): void => respondJson(response, id, { status: 'ok' })

/** `GET /readyz`: it takes new requests; 503 while it is stopping, and while it cannot record what it would be asked. */
export const ready =
  (isAccepting: () => boolean, ledger: Ledger) =>
  ({ id, response }: Visit): void => {
    const status = !isAccepting() ? 'stopping' : ledger.trouble() !== undefined ? 'storage_unavailable' : 'ready'
    respondJson(response, id, { status }, status === 'ready' ? 200 : 503)
  }
