import type { Exchange } from '../http/exchange.ts'
import { respondJson } from '../http/respond.ts'

/** `GET /healthz`: the process is alive. */
export const alive = ({ id, response }: Exchange): void => respondJson(response, id, { status: 'ok' })

/** `GET /readyz`: it takes new requests; 503 while it is stopping. */
export const ready =
  (isAccepting: () => boolean) =>
  ({ id, response }: Exchange): void => {
    const accepting = isAccepting()
    respondJson(response, id, { status: accepting ? 'ready' : 'stopping' }, accepting ? 200 : 503)
  }
