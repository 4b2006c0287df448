import type { OperationName } from '../wire/operation-name.ts'
import type { CallOf } from './call.ts'
import { chatOperation } from './chat/chat-operation.ts'
import { embeddingsOperation } from './embeddings/embeddings-operation.ts'
import { imageEditsOperation } from './image-edits/image-edits-operation.ts'
import { imagesOperation } from './images/images-operation.ts'
import { moderationOperation } from './moderation/moderation-operation.ts'
import type { Operation } from './operation.ts'
import { rerankOperation } from './rerank/rerank-operation.ts'
import { speechOperation } from './speech/speech-operation.ts'
import { transcriptionOperation } from './transcription/transcription-operation.ts'
import { translationOperation } from './translation/translation-operation.ts'

const rows = {
  chat: chatOperation,
  embeddings: embeddingsOperation,
  images: imagesOperation,
  image_edits: imageEditsOperation,
  rerank: rerankOperation,
  transcription: transcriptionOperation,
  translation: translationOperation,
  speech: speechOperation,
  moderation: moderationOperation,
} satisfies { readonly [Name in OperationName]: Operation<CallOf<Name>> }

/** Every operation. A row is only given calls of its own: look it up by the call's `endpoint`. */
export const operations: Readonly<Record<OperationName, Operation>> = rows
