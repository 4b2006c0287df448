import { askKept } from './attempt/ask-kept.ts'
import { countInput, type InputCount } from './attempt/count-input.ts'
import { KeptThing, type AskedKept } from './attempt/kept-thing.ts'
import { relayKept, type KeptRelay, type KeptSink } from './attempt/relay-kept.ts'
import { PlanRun, type RunWorld } from './attempt/run-plan.ts'
import {
  DEFAULT_MAX_ATTEMPTS,
  DEFAULT_SESSION_S,
  defaultTimeouts,
  type GatewayConfig,
  type Timeouts,
} from './config.ts'
import type { Clock, Random } from './clock.ts'
import type { AnswerSink, Engine, Run } from './engine.ts'
import { SpekaError } from './errors.ts'
import { HealthBook } from './health/health-book.ts'
import { RetryBudget } from './health/retry-budget.ts'
import { composeLayers, type Layers } from './layers/compose-layers.ts'
import type { LimitBook } from './limits/limit-book.ts'
import { withMoneyLimits, withRateLimits, type EngineLimits } from './limits/limit-layers.ts'
import type { Access } from './route/find-callable.ts'
import { findWanted, planRoute, type RoutePlan } from './route/plan-route.ts'
import { buildRoutingTable, type RoutingTable } from './route/routing-table.ts'
import { readsCacheForLess, sessionKeyOf, StickySessions } from './route/sticky-sessions.ts'
import { placeOf } from './route/target.ts'
import { createSandbox, withSandbox } from './sandbox/sandbox.ts'
import type { Bytes, Transport } from './transport.ts'
import type { Call } from './operations/call.ts'
import type { ChatCall } from './operations/chat/chat-call.ts'
import type { CallFacts } from './wire/call-facts.ts'
import type { OperationName } from './wire/operation-name.ts'

/** The world as the engine needs it. `@speka/core/node` supplies the real one. */
export interface World {
  readonly transport: Transport
  readonly clock: Clock
  readonly random: Random
}

export interface EngineOptions extends World {
  readonly config: GatewayConfig
  /** Names this gateway to the upstreams it calls, so that it notices when a request comes back to it. */
  readonly instanceId: string
  /** What is known of the targets from an engine before this one. Default: nothing. */
  readonly health?: HealthBook | undefined
  /**
   * Whether an upstream that is a gateway too speaks for itself, because the key that it gets is the caller's own: what it
   * refuses is told with its own code, message and request id.
   * @default false
   */
  readonly relaysErrors?: boolean | undefined
  /** What stands around the engine. Default: nothing. */
  readonly layers?: Layers | undefined
  /** What limits calls, in rate and in money. Default: nothing, and nothing is asked. */
  readonly limits?: EngineLimits | undefined
}

/** An engine and what it knows of models. */
export interface ConfiguredEngine extends Engine {
  readonly table: RoutingTable
  readonly timeouts: Timeouts
  readonly maxAttempts: number
  /**
   * Refuses a model that does not exist, or that the caller may not use, before anything else is read of a request.
   *
   * @throws SpekaError as {@link findServing} does.
   */
  admit(model: string, endpoint: OperationName, access: Access): void
  /**
   * Plans a call without starting it.
   *
   * @throws SpekaError as {@link planRoute} does.
   */
  plan(call: Call): RoutePlan
  /**
   * Refuses a question about a kept response that cannot be asked, before anything is done for it.
   *
   * @throws SpekaError as {@link KeptThing} does.
   */
  admitKept(asked: AskedKept, facts: CallFacts): void
  /**
   * Asks about a response that a provider keeps. It costs nothing: there is no record, and no layer sees it.
   *
   * @returns the provider's JSON, under the names that the caller knows.
   * @throws SpekaError as {@link askKept} does.
   */
  askKept(asked: AskedKept, facts: CallFacts, signal?: AbortSignal): Promise<Bytes>
  /**
   * The same for one that is told as events. Never calls the sink before it has returned.
   *
   * @throws SpekaError when it is refused at once.
   */
  relayKept(asked: AskedKept, facts: CallFacts, sink: KeptSink): KeptRelay
  /**
   * Counts the tokens of a request that is not sent. It costs nothing either.
   *
   * @throws SpekaError as {@link planRoute} and {@link countInput} do.
   */
  countInput(call: ChatCall, signal?: AbortSignal): Promise<InputCount>
}

/**
 * Makes an engine for one configuration. It never changes: a reload makes another, and calls under way end on the old.
 *
 * @throws RangeError when the configuration contradicts itself, and for layers at a place that there is not.
 */
export function createEngine({
  config,
  instanceId,
  health = new HealthBook(),
  relaysErrors = false,
  layers = [],
  limits,
  ...world
}: EngineOptions): ConfiguredEngine {
  const table = buildRoutingTable(config, health)
  const routing = config.routing ?? {}
  const timeouts = timeoutsOf(config)
  const sessions = new StickySessions((routing.sticky?.ttl_s ?? DEFAULT_SESSION_S) * 1000)
  const runWorld: RunWorld = {
    transport: withSandbox(world.transport, createSandbox(world)),
    clock: world.clock,
    random: world.random,
    timeouts,
    maxAttempts: routing.max_attempts ?? DEFAULT_MAX_ATTEMPTS,
    via: instanceId,
    relaysErrors,
    retryBudget: new RetryBudget(),
    answered(call, target) {
      const session = sessionKeyOf(call)
      if (session !== undefined && readsCacheForLess(target, call))
        sessions.remember(session, placeOf(target), world.clock.monotonic())
    },
  }
  const plan = (call: Call): RoutePlan => {
    const { sandboxOnly, allowedModels, allowedEndpoints, allowedProviders, outline, endpoint } = call
    const now = world.clock.monotonic()
    const session = sessionKeyOf(call)
    const question = {
      endpoint,
      model: outline.model,
      models: outline.models ?? [],
      sandboxOnly,
      allowedModels,
      allowedEndpoints,
      allowedProviders,
      call,
    }
    const sessionPlace = session === undefined ? undefined : sessions.find(session, now)
    const { isolated } = health
    return planRoute(question, table, routing, { random: world.random, monotonic: now, sessionPlace, isolated })
  }
  const refuseLoop = ({ via }: CallFacts): void => {
    if (via?.split(',').some((name) => name.trim() === instanceId) !== true) return
    throw new SpekaError(
      'gateway_loop',
      'This request has already passed through this gateway: one of its providers leads back to it. Check their base_url.',
    )
  }
  const carryOut = (call: Call, plan: RoutePlan, sink: AnswerSink): Run => {
    refuseLoop(call)
    return new PlanRun(runWorld, call, plan, sink)
  }
  const engine: ConfiguredEngine = {
    table,
    timeouts,
    maxAttempts: runWorld.maxAttempts,
    plan,
    admitKept: (asked, facts) => void new KeptThing({ ...runWorld, table, isolated: health.isolated }, asked, facts),
    async askKept(asked, facts, signal) {
      refuseLoop(facts)
      return askKept({ ...runWorld, table, isolated: health.isolated }, asked, facts, signal)
    },
    relayKept(asked, facts, sink) {
      refuseLoop(facts)
      return relayKept({ ...runWorld, table, isolated: health.isolated }, asked, facts, sink)
    },
    async countInput(call, signal) {
      refuseLoop(call)
      return countInput(runWorld, call, plan(call).targets[0], signal)
    },
    admit: (model, endpoint, access) => void findWanted({ ...access, model, endpoint, models: [] }, table),
    start(call, sink) {
      refuseLoop(call)
      return new PlanRun(runWorld, call, plan(call), sink)
    },
  }
  const limited = limits === undefined ? engine : withMoneyLimits({ ...engine, carryOut, routing }, limits, world.clock)
  const within = composeLayers(layers, limited)
  const layered = limits === undefined ? within : withRateLimits(within, limits, world.clock)
  if (layered === engine) return engine
  // Nobody changes the call in between, so what limits nothing at first limits nothing later.
  const book = within === limited ? limits?.book : undefined
  return {
    ...engine,
    start: (call, sink) => (isUnlimited(call, book) ? engine : layered).start(call, sink),
  }
}

const isUnlimited = (call: Call, book: LimitBook | undefined): boolean =>
  book !== undefined && book.appliedTo(call) === undefined

/** A timeout that is `undefined` is one that was not given. */
function timeoutsOf({ timeouts = {} }: GatewayConfig): Timeouts {
  const { connect_ms, first_token_ms, idle_ms, total_ms } = timeouts
  return {
    connect_ms: connect_ms ?? defaultTimeouts.connect_ms,
    first_token_ms: first_token_ms ?? defaultTimeouts.first_token_ms,
    idle_ms: idle_ms ?? defaultTimeouts.idle_ms,
    total_ms: total_ms ?? defaultTimeouts.total_ms,
  }
}
