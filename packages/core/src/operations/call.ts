import type { OperationName } from '../wire/operation-name.ts'
import type { ChatCall } from './chat/chat-call.ts'
import type { EmbeddingsCall } from './embeddings/embeddings-call.ts'
import type { ImageEditsCall } from './image-edits/image-edits-call.ts'
import type { ImagesCall } from './images/images-call.ts'
import type { ModerationCall } from './moderation/moderation-call.ts'
import type { RerankCall } from './rerank/rerank-call.ts'
import type { SpeechCall } from './speech/speech-call.ts'
import type { TranscriptionCall, TranslationCall } from './transcription/recording-call.ts'

/** A request on its way through the engine; `endpoint` names the operation. */
export type Call =
  | ChatCall
  | EmbeddingsCall
  | ImagesCall
  | ImageEditsCall
  | RerankCall
  | TranscriptionCall
  | TranslationCall
  | SpeechCall
  | ModerationCall

/** A request for one operation. */
export type CallOf<Name extends OperationName> = Extract<Call, { readonly endpoint: Name }>
