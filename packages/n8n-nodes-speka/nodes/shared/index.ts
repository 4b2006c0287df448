// The one bundle that has the engine in it; the files of the nodes stay small beside it.

// The gateway
export { normaliseBaseUrl } from './base-url.ts'
export { SpekaClient, type Asked, type AskOptions } from './client.ts'
export { openClient } from './open-client.ts'
export { credentialTest } from './credential-test.ts'
export { RunBudget, type Allowance } from './run-budget.ts'
export { withinBudget } from './within-budget.ts'
export { addToRunCost } from './run-cost.ts'
export { inOrder } from './in-order.ts'

// What goes wrong
export { RequestFailure } from './request-failure.ts'
export { transportFailureOf } from './transport.ts'
export { toNodeError, type ErrorPlace } from './node-error.ts'

// Parameters
export { isRecord, readJson } from './read-json.ts'
export { readTools } from './read-tools.ts'
export { formatChoices, responseFormatOf, schemaField } from './response-format.ts'
export { maxCostOf, samplingBody, sharedBody, timeoutMsOf, type OptionValues } from './read-options.ts'

// Fields of the editor
export { fallbackIdsIn, fallbackModelsField, modelField, modelIdIn } from './fields/model-field.ts'
export {
  extraBodyOption,
  frequencyPenaltyOption,
  maxCostOption,
  maxTokensOption,
  metadataOption,
  presencePenaltyOption,
  reasoningEffortOption,
  sessionOption,
  temperatureOption,
  timeoutOption,
  topPOption,
} from './fields/request-options.ts'
export { listSearch } from './model-search.ts'
