/** What a model can be asked for, most usual first. */
export const operationNames = [
  'chat',
  'embeddings',
  'images',
  'image_edits',
  'rerank',
  'transcription',
  'translation',
  'speech',
  'moderation',
] as const

/** One of {@link operationNames}: each has a folder of its own in `operations/`. */
export type OperationName = (typeof operationNames)[number]

/** {@link OperationName}, by its older name. */
export type Endpoint = OperationName

/** An API that callers speak. Three of them are other dialects of chat. */
export type Surface = OperationName | 'completions' | 'responses' | 'messages'
