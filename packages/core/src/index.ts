// What users may rely on. What only the packages of this repository need is in internal.ts.

// The gateway
export {
  assembleGateway,
  type AnswerDetails,
  type CallOptions,
  type ChatAnswered,
  type Gateway,
  type GatewayOptions,
  type Streamed,
} from './gateway.ts'
export type { ConfiguredEngine, World } from './create-engine.ts'
export type { AnswerSink, Commitment, Engine, Layer, Run } from './engine.ts'

// Layers of one's own
export { layerPlaces, type LayerPlace, type Layers, type PlacedLayers } from './layers/compose-layers.ts'
export { startLater, type Begin } from './layers/start-later.ts'
export { startWatched, type Watcher } from './layers/start-watched.ts'
export { answerHere, type LayerAnswer } from './layers/answer-here.ts'
export { withFields } from './layers/with-fields.ts'

// Its limits
export type { GatewayLimit } from './limits/gateway-limit.ts'
export type { LimitStanding } from './limits/limit-standing.ts'

// Its configuration
export type {
  GatewayConfig,
  ModelConfig,
  PriceConfig,
  OfferedModel,
  PriceRowConfig,
  ProviderConfig,
  RoutingConfig,
  RoutingRule,
  RuleCondition,
  StrategyName,
  TargetConfig,
  TimeoutConfig,
  Timeouts,
} from './config.ts'
export type { MessagesConfig } from './wire/messages-config.ts'
export type { ProviderType } from './providers/known-providers.ts'
export type { Tokenizer } from './wire/in-tokens.ts'

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

// What goes wrong
export { SpekaError, type ErrorCode, type LimitTold, type SpekaErrorOptions } from './errors.ts'
export type { Failure, FailureClass } from './failure.ts'

// Money and usage
export { formatUsd, parseUsd, picoUsd, type PicoUsd, type UnitPrice } from './money.ts'
export type { Usage } from './usage.ts'
export type { Counts, Rates, Unit } from './units.ts'
export type { AttemptRecord, Outcome, UsageRecord } from './meter/usage-record.ts'
export type { Price, PriceCondition } from './catalog/model.ts'
export type { RequestId } from './uuid.ts'

// Models
export type { ModelEntry, ModelList } from './wire/models.ts'
export type { ModelId, ShippedModelId } from './wire/model-id.ts'

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
export type { EmbeddingsAnswer, EmbeddingsRequest } from './operations/embeddings/embeddings.ts'
export type { ImageEditsRequest, PictureToEdit } from './operations/image-edits/image-edits.ts'
export type { ImagesAnswer, ImagesRequest } from './operations/images/images.ts'
export type {
  ModerationAnswer,
  ModerationPart,
  ModerationRequest,
  ModerationResult,
} from './operations/moderation/moderation.ts'
export type { RerankAnswer, RerankDocument, RerankRequest, RerankResult } from './operations/rerank/rerank.ts'
export type {
  Recording,
  Transcript,
  TranscriptFormat,
  TranscriptionRequest,
  TranscriptUsage,
  TranslationRequest,
} from './operations/transcription/transcription.ts'
export type { TranscriptEvent } from './operations/transcription/transcript-events.ts'
export type { Speech, SpeechRequest } from './operations/speech/speech.ts'
export type { Completion, CompletionChunk, CompletionsRequest } from './dialects/completions/shapes.ts'
export type {
  ResponseEvent,
  ResponseInputItem,
  ResponseItem,
  ResponseObject,
  ResponsesRequest,
  ResponseTool,
} from './dialects/responses/shapes.ts'
export type { RoutingPreferences } from './wire/routing-preferences.ts'
export type { Call } from './operations/call.ts'
export type { ChatCall } from './operations/chat/chat-call.ts'
export type { EmbeddingsCall } from './operations/embeddings/embeddings-call.ts'
export type { ImageEditsCall } from './operations/image-edits/image-edits-call.ts'
export type { ImagesCall } from './operations/images/images-call.ts'
export type { RerankCall } from './operations/rerank/rerank-call.ts'
export type { TranscriptionCall, TranslationCall } from './operations/transcription/recording-call.ts'
export type { ModerationCall } from './operations/moderation/moderation-call.ts'
export type { SpeechCall } from './operations/speech/speech-call.ts'
export type { Endpoint, OperationName, Surface } from './wire/operation-name.ts'
