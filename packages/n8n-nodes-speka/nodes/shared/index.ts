// The one bundle that has the engine in it; the files of the nodes stay small beside it.

// The gateway
export { BadBaseUrl, normaliseBaseUrl } from './base-url.ts'
export { SpekaClient, type Asked, type AskOptions, type Attempt, type Course } from './client.ts'
export { openClient, type CredentialContext } from './open-client.ts'
export { RunBudget } from './run-budget.ts'
export { inOrder } from './in-order.ts'

// What goes wrong
export { RequestFailure } from './request-failure.ts'
export { toNodeError, type ErrorPlace } from './node-error.ts'

// Parameters
export { isRecord, readJson, readJsonObject } from './read-json.ts'
export { readSchema } from './read-schema.ts'
export { readTools } from './read-tools.ts'
export { maxCostOf, samplingBody, sharedBody, timeoutMsOf, type OptionValues } from './read-options.ts'
export { requestMetadata, type WorkflowContext } from './request-metadata.ts'

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
export { listSearch, modelsFor } from './model-search.ts'
