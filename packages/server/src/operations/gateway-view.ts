import { SpekaError, type ModelEntry } from '@speka/core'

/** A target and what is known of it. */
export interface TargetView {
  readonly model: string
  readonly provider: string
  /** What the provider calls the model. */
  readonly upstream_model: string
  /** `open`: it has failed lately and is left alone. `half_open`: one request may find out. */
  readonly state: 'closed' | 'open' | 'half_open'
  readonly in_flight: number
  /** The median time to the first output of the latest answers, in ms. */
  readonly latency_ms: number | null
  /** The median of the latest answers. */
  readonly tokens_per_second: number | null
}

/** A provider, and what became of its keys. The keys themselves are never shown. */
export interface ProviderView {
  readonly name: string
  readonly type: string
  /** Whether it can be called: it has a key, or needs none. */
  readonly ready: boolean
  /** Whether the operator has taken it out. */
  readonly isolated: boolean
  readonly keys: readonly ProviderKeyView[]
}

export interface ProviderKeyView {
  /** Its place in the configuration, from 1. */
  readonly position: number
  /** What the provider said to it the last time. */
  readonly state: 'unknown' | 'works' | 'refused'
  readonly used_at: string | null
}

/** The gateway that is running, as its operator sees it. Each may take its time: it may have to ask other processes. */
export interface GatewayView {
  models(): Promise<readonly ModelEntry[]>
  targets(): Promise<readonly TargetView[]>
  providers(): Promise<readonly ProviderView[]>
}

/** @throws SpekaError `invalid_request` where none is running. */
export function runningGateway(gateway: GatewayView | undefined): GatewayView {
  if (gateway !== undefined) return gateway
  throw new SpekaError('invalid_request', 'Only a gateway that is running knows this.')
}
