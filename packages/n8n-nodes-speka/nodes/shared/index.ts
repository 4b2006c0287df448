// The one bundle that has the engine in it; the files of the nodes stay small beside it.

// The gateway
export { normaliseBaseUrl } from './base-url.ts'
export { SpekaClient, type Asked, type AskOptions } from './client.ts'
export { openClient } from './open-client.ts'
export { RunBudget } from './run-budget.ts'
export { inOrder } from './in-order.ts'

// What goes wrong
export { RequestFailure } from './request-failure.ts'
export { toNodeError, type ErrorPlace } from './node-error.ts'

// Parameters
export { isRecord, readJson } from './read-json.ts'
export { readSchema } from './read-schema.ts'
export { readTools } from './read-tools.ts'
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
