// Models
export { ChatSpeka } from './chat-speka.ts'
export type { ChatSpekaCallOptions, ChatSpekaFields, ChatSpekaSettings } from './chat-options.ts'
export { SpekaEmbeddings, type SpekaEmbeddingsFields } from './speka-embeddings.ts'

// What it costs
export { SpekaCostHandler, type CostEntry, type SpekaCostHandlerFields } from './speka-cost-handler.ts'
export { SpekaSpendCapError } from './speka-spend-cap-error.ts'
export type { AttemptMetadata } from './metadata.ts'

// What goes wrong
export { SpekaModelError, type SpekaErrorFields } from './speka-model-error.ts'
