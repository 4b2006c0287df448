import type { ChatCall } from './chat-call.ts'
import type { EmbeddingsCall } from './embeddings-call.ts'
import type { ImagesCall } from './images-call.ts'

/** A request on its way through the engine; `endpoint` tells which. */
export type Call = ChatCall | EmbeddingsCall | ImagesCall
