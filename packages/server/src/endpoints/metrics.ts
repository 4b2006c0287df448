import { SpekaError, type RequestId } from '@speka/core'
import type { AdminExchange } from '../http/exchange.ts'

/** What the operator's listener shows. Each may take its time: it may have to ask other processes. */
export interface AdminPages {
  /** In Prometheus' text format. */
  metrics(): string | Promise<string>
  /** Hears of what went wrong by the gateway's own fault. Default: nobody does. */
  tellFault?(request: RequestId, error: SpekaError): void
}

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** `GET /metrics`: what is counted, for Prometheus and the like. */
export const showMetrics =
  (pages: AdminPages) =>
  async ({ response }: AdminExchange): Promise<void> => {
    const body = await gather(pages)
    response.writeHead(200, { 'content-type': METRICS_TYPE, 'cache-control': 'no-store' })
    response.end(body)
  }

async function gather(pages: AdminPages): Promise<string> {
  try {
    return await pages.metrics()
  } catch (cause) {
    throw new SpekaError('internal_error', 'The metrics cannot be gathered now.', { cause })
  }
}
