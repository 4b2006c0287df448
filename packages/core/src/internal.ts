// What only the packages of this repository need of the engine, beside what index.ts has for all. Anything here changes or
// goes with any release, without a word.

// The engine
export { createEngine, type EngineOptions } from './create-engine.ts'
export { defaultTimeouts, DEFAULT_MAX_ATTEMPTS, DEFAULT_SESSION_S } from './config.ts'
export { createSandbox, sandboxOrigin, withSandbox } from './sandbox/sandbox.ts'
export { HealthBook } from './health/health-book.ts'
export type { TargetHealth } from './health/target-health.ts'
export { VIA_HEADER } from './attempt/prepare.ts'
export { mintRequestId } from './uuid.ts'
export { IdSeal } from './sealed-id.ts'
export { TurnQueue } from './node/turn-queue.ts'
export { writeAtOnce } from './node/write-at-once.ts'

// Rates
export { ratesLayer, tokenRatesLayer, type RatesLayerParts } from './limits/rates-layer.ts'
export { boundByRates } from './limits/token-bound.ts'
export { rateRefused } from './limits/rate-refused.ts'
export { tellRates } from './limits/tell-rates.ts'
export type { RateRefusal, Rates as RateLimits, RateStanding, Slot } from './limits/rates.ts'
export { LocalRates } from './limits/rates/local-rates.ts'
export { SharedRates } from './limits/rates/shared-rates.ts'
export {
  RateAuthority,
  type RateAnswer,
  type RateLine,
  type RateReturn,
  type RateWant,
} from './limits/rates/rate-authority.ts'
export { BEYOND_MS, EXACT_RATE, PARALLEL_WAIT_MS, rateCounting, shareOf, USABLE_MS } from './limits/rates/rate-kinds.ts'
export type {
  CountedBefore,
  CounterAnswer,
  CounterTold,
  RateCounter,
  UnderWayBefore,
} from './limits/rates/rate-counter.ts'
export { OwnUses } from './limits/rates/own-uses.ts'
export { RateCounts, type CountedEntry } from './limits/rates/rate-counts.ts'
export type { RateJournal } from './limits/rates/rate-journal.ts'

export { PatientClock } from './patient-clock.ts'

// What goes wrong
export { errorTable, toSpekaError } from './errors.ts'
export { whyAbsent } from './wire/absent-apis.ts'
export { errorBody, errorFrame, type ErrorBody } from './wire/error-body.ts'
export { anthropicModel, anthropicPage, isForMessages } from './wire/anthropic-models.ts'
export { anthropicEnvelope, openaiEnvelope, type Envelope } from './wire/envelope.ts'

// Money and usage
export { formatPricePerMillion, parsePricePerMillion, readUsd, zeroUsd } from './money.ts'
export { SpendAccount, type Choose, type SetAside } from './spend-account.ts'
export { createAdmission, type AdmissionOptions } from './limits/leases/lease-admission.ts'
export type { Exhausted } from './limits/leases/verdict.ts'
export { isRefusal, type Admission, type GrowOutcome, type Hold, type Refusal } from './limits/admission.ts'
export { unreachedLine } from './limits/unreached-line.ts'
export type { EngineLimits } from './limits/limit-layers.ts'
export { MemoryBudgets, ownBudgets, withHeld, type OwnBudgets } from './limits/memory-budgets.ts'
export type {
  Budget,
  Budgets,
  BudgetStanding,
  Holder,
  Holding,
  Lease,
  LeaseCall,
  LeaseReply,
  OwnerId,
  RecallAnswer,
  RecallLine,
  Shortage,
  HeldNews,
  HoldingProcess,
} from './limits/budgets.ts'
export { unknownUsage } from './usage.ts'
export { priceProblems } from './route/price-problems.ts'
export { countNames, unitEntries, units, type CountName, type UnitEntry } from './units.ts'
export { chargedUnits, rateOf, type ChargedUnit } from './pricing/charged-units.ts'
export { costOf } from './pricing/cost-of.ts'
export { priceAt } from './pricing/price-at.ts'
export { showCondition, showRates } from './pricing/show-price.ts'
export { hasRareCounts, usualCounts } from './meter/believable-usage.ts'
export { periodOf } from './meter/meter.ts'

// Limits
export {
  limitKinds,
  limitWindows,
  reachedActions,
  subjectKinds,
  type Applied,
  type AppliedLimit,
  type AppliedMoney,
  type AppliedRate,
  type Limit,
  type LimitKind,
  type LimitRule,
  type LimitWindow,
  type RateKind,
  type ReachedAction,
  type Subject,
  type SubjectKind,
} from './limits/limit.ts'
export type { LimitBook } from './limits/limit-book.ts'
export { modelsOfCall } from './limits/models-of-call.ts'
export { budgetAt } from './limits/window.ts'
export {
  budgetsNow,
  showBudget,
  showRate,
  standingsOf,
  type KnownBudget,
  type StandingSources,
} from './limits/limit-standing.ts'
export { tellSubject } from './limits/tell-subject.ts'
export { wouldHold } from './limits/would-hold.ts'
export { matchesGlob } from './catalog/glob.ts'
export type { Notices } from './limits/notices.ts'
export type { OnRefused } from './limits/on-refused.ts'

// Models, providers and routes
export type { Model } from './catalog/model.ts'
export { shippedModels } from './catalog/shipped-models.ts'
export { plans, type Plan } from './catalog/plans.ts'
export { nearestIds } from './catalog/nearest-ids.ts'
export { identityFields } from './cloud-identity.ts'
export { placeSettings } from './providers/provider-place.ts'
export { knownProviders, placeOf, type KnownProvider } from './providers/known-providers.ts'
export { keyVariablesFor } from './route/key-variables.ts'
export { modelEntry } from './route/list-models.ts'
export { mostCost } from './route/most-cost.ts'
export { findCallable, refuseUnallowed, type Access } from './route/find-callable.ts'
export { planRoute, type Exclusion, type RoutePlan } from './route/plan-route.ts'
export type { RoutedModel, RoutingTable } from './route/routing-table.ts'
export type { Target } from './route/target.ts'
export { callToExplain } from './front/call-to-explain.ts'
export { explainRoute, type Candidate, type RouteExplanation } from './front/explain.ts'

// Bodies, and calls of them
export { customerOf } from './operations/named-by-caller.ts'
export {
  parseBodyInSlices,
  parseWholeBody,
  READ_AT_ONCE_BYTES,
  type Admit,
  type BodyAids,
  type ParsedBody,
} from './wire/parse-body.ts'
export { scanObject } from './bytes/scan-object.ts'
export { MOST_SPELLED_BYTES } from './wire/body-limits.ts'
export type { CallBody, CallFacts, CallSubjects } from './wire/call-facts.ts'
export { keptFor, openKept } from './wire/kept-for.ts'
export { notKept, responseNotKept } from './wire/not-kept.ts'
export { keptQuery, keptQuestions, type KeptQuestion } from './wire/kept-question.ts'
export { isCallerName, MOST_NAME_CHARACTERS } from './wire/caller-name.ts'
export { InTokens } from './wire/in-tokens.ts'
export { decisiveMembersOf } from './wire/decisive-members.ts'
export { FormBody, type FormStore } from './wire/form/form-body.ts'
export { isForm } from './wire/form/multipart-reader.ts'
export { writeForm } from './wire/form/write-form.ts'
export { operationNames } from './wire/operation-name.ts'
export { operations } from './operations/operations.ts'
export type { CallSize, Operation } from './operations/operation.ts'
export { readChatCall, writeChatCall } from './operations/chat/chat-call.ts'
export { openEmbeddingsCall, readEmbeddingsCall, writeEmbeddingsCall } from './operations/embeddings/embeddings-call.ts'
export { readImagesCall, writeImagesCall } from './operations/images/images-call.ts'
export { openCompletions, readCompletions, writeCompletions } from './dialects/completions/completions.ts'
export { readMessages, readMessagesToCount, type MessagesAids } from './dialects/messages/messages.ts'
export { readCompaction } from './dialects/responses/compaction.ts'
export type { ResponseKeeping } from './dialects/responses/response-keeping.ts'
export { readResponses, writeResponses } from './dialects/responses/responses.ts'
export type { Dialect } from './dialects/dialect.ts'
export { interpret } from './front/in-dialect.ts'
export type { AskedKept } from './attempt/kept-thing.ts'
export type { KeptRelay, KeptSink } from './attempt/relay-kept.ts'

// Answers on their way out
export { keepAliveFrame, typedFrame } from './bytes/frames.ts'
export { dropMembers, join, setMember, splice } from './bytes/splice.ts'
export {
  commitmentHeaders,
  costHeaders,
  errorHeaders,
  ESTIMATED_HEADER,
  eventStreamHeaders,
  jsonHeaders,
  ratesHeaders,
} from './front/answer-headers.ts'
export { carriedByCall, carriedFields, CarriedInStream, type CarriedFields } from './wire/carried-fields.ts'
export { ToolCallNumbers } from './wire/tool-call-numbers.ts'
export { isRecord, type Json } from './json.ts'
