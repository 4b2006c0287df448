// The gateway
export {
  assembleGateway,
  type AnswerDetails,
  type CallOptions,
  type ChatAnswered,
  type Gateway,
  type GatewayOptions,
} from './gateway.ts'
export { createEngine, type ConfiguredEngine, type EngineOptions, type World } from './create-engine.ts'
export type { AnswerSink, Commitment, Engine, Run } from './engine.ts'
export { defaultTimeouts, DEFAULT_MAX_ATTEMPTS } from './config.ts'
export type {
  GatewayConfig,
  ModelConfig,
  PriceConfig,
  ProviderConfig,
  RoutingConfig,
  RoutingRule,
  RuleCondition,
  StrategyName,
  TargetConfig,
  TimeoutConfig,
  Timeouts,
} from './config.ts'

// The world it is handed
export type { Clock, Random } from './clock.ts'
export type {
  Bytes,
  Exchange,
  Headers,
  ReplySink,
  Transport,
  TransportFailure,
  TransportFailureKind,
  Upstream,
  UpstreamRequest,
} from './transport.ts'
export { createFetchTransport, type FetchTransportOptions } from './web/fetch-transport.ts'
export { createSandbox, sandboxOrigin, withSandbox } from './sandbox/sandbox.ts'

// What goes wrong
export { errorTable, SpekaError, toSpekaError, type ErrorCode, type SpekaErrorOptions } from './errors.ts'
export type { Failure, FailureClass } from './failure.ts'
export { errorBody, errorFrame, type ErrorBody } from './wire/error-body.ts'

// Money and usage
export {
  formatPricePerMillion,
  formatUsd,
  parsePricePerMillion,
  parseUsd,
  picoUsd,
  readUsd,
  zeroUsd,
  type PicoUsd,
  type UnitPrice,
} from './money.ts'
export { SpendAccount, type SetAside } from './spend-account.ts'
export { unknownUsage, type Usage } from './usage.ts'
export { costOf } from './pricing/cost-of.ts'
export { priceAt } from './pricing/price-at.ts'
export { periodOf, type AttemptRecord, type Outcome, type UsageRecord } from './meter/usage-record.ts'

// Models
export type { Model, Price } from './catalog/model.ts'
export { endpointPath, type Endpoint } from './wire/endpoint.ts'
export { shippedModels } from './catalog/shipped-models.ts'
export { plans, type Plan } from './catalog/plans.ts'
export { nearestIds } from './catalog/nearest-ids.ts'
export { knownProviders, type KnownProvider, type ProviderType } from './providers/known-providers.ts'
export { keyVariablesFor } from './route/key-variables.ts'
export { modelEntry } from './route/list-models.ts'
export { mostCost } from './route/most-cost.ts'
export { findCallable, type Access } from './route/find-callable.ts'
export { planRoute, type Exclusion, type RoutePlan } from './route/plan-route.ts'
export type { RoutedModel, RoutingTable } from './route/routing-table.ts'
export type { Target } from './route/target.ts'
export { HealthBook } from './health/health-book.ts'
export type { TargetHealth } from './health/target-health.ts'
export type { RoutingPreferences } from './wire/routing-preferences.ts'

// The wire
export type {
  ChatChunk,
  ChatCompletion,
  ChatMessage,
  ChatRequest,
  CompletionUsage,
  ContentPart,
  FinishReason,
  FunctionTool,
  ResponseFormat,
  ToolCall,
} from './operations/chat/chat.ts'
export { carriedByCall, carriedFields, CarriedInStream, type CarriedFields } from './wire/carried-fields.ts'
export { ToolCallNumbers } from './wire/tool-call-numbers.ts'
export type { Call } from './operations/call.ts'
export type { CallBody, CallFacts } from './wire/call-facts.ts'
export { readChatCall, writeChatCall, type ChatCall } from './operations/chat/chat-call.ts'
export {
  openEmbeddingsCall,
  readEmbeddingsCall,
  writeEmbeddingsCall,
  type EmbeddingsCall,
} from './operations/embeddings/embeddings-call.ts'
export { InTokens, type Tokenizer } from './wire/in-tokens.ts'
export { readImagesCall, writeImagesCall, type ImagesCall } from './operations/images/images-call.ts'
export type { EmbeddingsAnswer, EmbeddingsRequest } from './operations/embeddings/embeddings.ts'
export type { ImagesAnswer, ImagesRequest } from './operations/images/images.ts'
export type { Surface } from './wire/endpoint.ts'
export { openCompletions, readCompletions, writeCompletions } from './dialects/completions/completions.ts'
export { readResponses, writeResponses } from './dialects/responses/responses.ts'
export type { Dialect } from './dialects/dialect.ts'
export { interpret } from './front/in-dialect.ts'
export type { Completion, CompletionChunk, CompletionsRequest } from './dialects/completions/shapes.ts'
export type {
  ResponseEvent,
  ResponseInputItem,
  ResponseItem,
  ResponseObject,
  ResponsesRequest,
  ResponseTool,
} from './dialects/responses/shapes.ts'
export { parseWholeBody, type Admit, type BodyAids } from './wire/parse-body.ts'
export { MOST_SPELLED_BYTES } from './wire/body-limits.ts'
export { keepAliveFrame } from './bytes/frames.ts'
export type { ModelEntry, ModelList } from './wire/models.ts'
export type { ModelId, ShippedModelId } from './wire/model-id.ts'
export { join } from './bytes/splice.ts'
export {
  commitmentHeaders,
  costHeaders,
  errorHeaders,
  eventStreamHeaders,
  jsonHeaders,
} from './front/answer-headers.ts'
export { callToExplain } from './front/call-to-explain.ts'
export { explainRoute, type Candidate, type RouteExplanation } from './front/explain.ts'
export { VIA_HEADER } from './attempt/run-headers.ts'

// Identity
export { mintRequestId, type RequestId } from './uuid.ts'
