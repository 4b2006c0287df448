import { SpekaError, type ModelEntry } from '@speka/core'
import { z } from 'zod'

const count = z.number()

/** A target and what is known of it. */
export const targetView = z.object({
  model: z.string(),
  provider: z.string(),
  /** What the provider calls the model. */
  upstream_model: z.string(),
  /** `open`: it has failed lately and is left alone. `half_open`: one request may find out. */
  state: z.enum(['closed', 'open', 'half_open']),
  in_flight: count,
  /** The median time to the first output of the latest answers, in ms. */
  latency_ms: count.nullable(),
  /** The median of the latest answers. */
  tokens_per_second: count.nullable(),
})

export type TargetView = z.output<typeof targetView>

/** A provider, and what became of its keys. The keys themselves are never shown. */
export const providerView = z.object({
  name: z.string(),
  type: z.string(),
  /** Whether it can be called: it has a key, or needs none. */
  ready: z.boolean(),
  /** Whether the operator has taken it out. */
  isolated: z.boolean(),
  keys: z.array(
    z.object({
      /** Its place in the configuration, from 1. */
      position: count,
      /** What the provider said to it the last time. */
      state: z.enum(['unknown', 'works', 'refused']),
      used_at: z.string().nullable(),
    }),
  ),
})

export type ProviderView = z.output<typeof providerView>

/** What a gateway is, as a program that runs. */
export const systemFacts = z.object({
  version: z.string(),
  /** Of Node.js. */
  node: z.string(),
  /** What the records are kept in, and where. */
  storage: z.object({ kind: z.string(), place: z.string() }),
  /** How many processes answer requests. */
  workers: count,
  started_at: z.iso.datetime(),
})

export type SystemFacts = z.output<typeof systemFacts>

/** A model as `GET /v1/models` shows it. */
export const modelView = z.custom<ModelEntry>().meta({ type: 'object' })

/** The gateway that is running, as its operator sees it. Each may take its time: it may have to ask other processes. */
export interface GatewayView {
  models(): Promise<readonly ModelEntry[]>
  targets(): Promise<readonly TargetView[]>
  providers(): Promise<readonly ProviderView[]>
  system(): Promise<SystemFacts>
}

/** @throws SpekaError `invalid_request` where none is running. */
export function runningGateway(gateway: GatewayView | undefined): GatewayView {
  if (gateway !== undefined) return gateway
  throw new SpekaError('invalid_request', 'Only a gateway that is running knows this.')
}
