/** What `/v1` answers with, and the component of OpenAI's description that says how it looks. */
export const shapes = {
  'chat completion': 'CreateChatCompletionResponse',
  'chat completion chunk': 'CreateChatCompletionStreamResponse',
  completion: 'CreateCompletionResponse',
  'completion chunk': 'CreateCompletionStreamResponse',
  embeddings: 'CreateEmbeddingResponse',
  images: 'ImagesResponse',
  'image event': 'ImageGenStreamEvent',
  'image edit event': 'ImageEditStreamEvent',
  transcript: 'CreateTranscriptionResponseJson',
  'transcript event': 'CreateTranscriptionResponseStreamEvent',
  'speech event': 'CreateSpeechResponseStreamEvent',
  response: 'Response',
  'response event': 'ResponseStreamEvent',
  model: 'Model',
  models: 'ListModelsResponse',
  error: 'ErrorResponse',
} as const

export type Shape = keyof typeof shapes
