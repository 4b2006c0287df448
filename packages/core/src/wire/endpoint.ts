/** What a model can be asked for. */
export type Endpoint = 'chat' | 'embeddings' | 'images'

/** Where callers find each endpoint. */
export const endpointPath: Readonly<Record<Endpoint, string>> = {
  chat: '/v1/chat/completions',
  embeddings: '/v1/embeddings',
  images: '/v1/images/generations',
}

/** An API that callers speak. Two of them are other shapes of chat, and answered by way of it. */
export type Surface = Endpoint | 'completions' | 'responses'
