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

const names = z.array(z.string()).readonly()
const strategy = z.enum(['ordered', 'weighted', 'price', 'latency', 'throughput', 'least_busy'])

/** Where requests for one model go. */
export const routeView = z.object({
  /** Its id; with `*` it is of every model that is called so. */
  model: z.string(),
  aliases: names,
  endpoints: names,
  /** Who serves it, in the order in which they are written. */
  targets: z
    .array(
      z.object({
        provider: z.string(),
        type: z.string(),
        upstream_model: z.string(),
        /** For the strategy `weighted`; `null`: that is not how it is chosen, or it is the operator's to know. */
        weight: count.nullable(),
      }),
    )
    .readonly(),
  /** Providers that are written for it and have no key. */
  without_key: names,
  /** Which models are tried after it: when it has failed, when the prompt is too long, when the content was declined. */
  fallbacks: names,
  context_window_fallbacks: names,
  content_policy_fallbacks: names,
  /** When a second target is asked as well, in ms. */
  hedge_after_ms: count.nullable(),
})

export type RouteView = z.output<typeof routeView>

/** Where requests go, as the configuration says. */
export const routingView = z.object({
  object: z.literal('routing'),
  /** How the targets of a model are ordered, unless a rule or the request says otherwise. */
  strategy,
  max_attempts: count,
  max_price_ratio: count.nullable(),
  /** How long a session stays at its target, in s. */
  sticky_ttl_s: count,
  /** The first that fits decides. `null`: they are the operator's to know. */
  rules: z
    .array(
      z.object({
        /** What must be so, in words of the configuration. */
        when: z.record(z.string(), z.unknown()),
        use: z.record(z.string(), z.unknown()),
      }),
    )
    .readonly()
    .nullable(),
  routes: z.array(routeView).readonly(),
})

export type RoutingView = z.output<typeof routingView>

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
  /** All that share the storage, on whatever machines; `null`: it is this machine's alone. */
  replicas: z
    .array(
      z.object({
        host: z.string(),
        pid: count,
        version: z.string(),
        /** Most connections to the database that it opens. */
        connections: count,
        started_at: z.iso.datetime(),
      }),
    )
    .nullable(),
  /** What counts their rates and carries their notices beside the storage; `null`: none is used. */
  redis: z
    .object({
      place: z.string(),
      /** Of the server, such as `Redis 7.2.4`; `null`: it does not answer. */
      version: z.string().nullable(),
      /** How many of the processes here it answers. */
      reached_by: count,
    })
    .nullable(),
})

export type SystemFacts = z.output<typeof systemFacts>

/** A model as `GET /v1/models` shows it. */
export const modelView = z.custom<ModelEntry>().meta({ type: 'object' })

/** The gateway that is running, as its operator sees it. Each may take its time: it may have to ask other processes. */
export interface GatewayView {
  models(): Promise<readonly ModelEntry[]>
  routing(): Promise<RoutingView>
  targets(): Promise<readonly TargetView[]>
  providers(): Promise<readonly ProviderView[]>
  system(): Promise<SystemFacts>
}

/** @throws SpekaError `invalid_request` where none is running. */
export function runningGateway(gateway: GatewayView | undefined): GatewayView {
  if (gateway !== undefined) return gateway
  throw new SpekaError('invalid_request', 'Only a gateway that is running knows this.')
}
