/** An endpoint, and what clients do with it. */
interface Described {
  readonly title: string
  readonly features: Readonly<Record<string, string>>
}

/** All that a client is asked whether it can do, in the order of the document. */
export const endpoints = {
  chat: {
    title: 'Chat completions',
    features: {
      answer: 'an answer',
      cost: 'the cost of an answer',
      stream: 'a stream',
      streamUsage: 'usage at the end of a stream',
      tools: 'tools: called, and their results handed back',
      streamTools: 'tool calls in a stream',
      schema: 'an answer that follows a JSON schema',
      image: 'an image in the prompt',
      fallback: 'models to fall back to (`models`)',
      error: 'a refusal, with its status and code',
      broken: 'a stream that breaks raises an error',
    },
  },
  responses: {
    title: 'Responses',
    features: {
      answer: 'an answer',
      stream: 'a stream',
      turns: 'a conversation, sent along',
      tools: 'tools: called, and their results handed back',
      schema: 'an answer that follows a JSON schema',
      image: 'an image in the prompt',
      broken: 'a stream that breaks raises an error',
      stored: 'going on from the id of an earlier response',
    },
  },
  completions: {
    title: 'Completions',
    features: { answer: 'an answer', stream: 'a stream' },
  },
  embeddings: {
    title: 'Embeddings',
    features: {
      texts: 'texts, as the client asks by itself',
      floats: 'vectors as lists of numbers',
      tokens: 'texts that come as tokens',
      dimensions: 'another number of dimensions',
    },
  },
  images: {
    title: 'Images',
    features: {
      base64: 'an image in base64',
      url: 'an image at a URL',
      stream: 'a stream of unfinished images',
      edit: 'an image drawn from another',
      editStream: 'the same as a stream',
    },
  },
  audio: {
    title: 'Audio',
    features: {
      transcription: 'what a recording says',
      words: 'the same as subtitles',
      heard: 'the same as a stream',
      translation: 'what it says, in English',
      speech: 'a text, spoken',
      spoken: 'the same as a stream of events',
      error: 'a file that is no recording raises an error',
    },
  },
  moderations: {
    title: 'Moderations',
    features: { texts: 'texts, judged one by one', picture: 'a picture, judged with its text' },
  },
  models: {
    title: 'Models',
    features: { list: 'the list', one: 'one, whose id has a slash' },
  },
} as const satisfies Readonly<Record<string, Described>>

type Endpoints = typeof endpoints

/** An endpoint's feature, such as `chat.stream`. */
export type Feature = {
  [Name in keyof Endpoints]: `${Name}.${Extract<keyof Endpoints[Name]['features'], string>}`
}[keyof Endpoints]

export const features = Object.entries(endpoints).flatMap(([name, { features: own }]) =>
  Object.keys(own).map((feature) => `${name}.${feature}` as Feature),
)

/** What is asked of clients that rank documents, in the order of the document. Those of OpenAI's API have no rankings. */
export const rankingFeatures = {
  results: 'documents in order, with their scores',
  documents: 'documents handed back with their scores',
  top: 'the best few of them',
  older: 'the older way, by `/v1/rerank`',
  error: 'a refusal, with its status and words',
} as const

export type RankingFeature = keyof typeof rankingFeatures

/** What is asked of clients that speak Anthropic's messages, in the order of the document. */
export const messageFeatures = {
  answer: 'an answer',
  cost: 'the cost of an answer',
  stream: 'a stream',
  usage: 'usage at the end of a stream',
  tools: 'tools: called, and their results handed back',
  streamTools: 'tool calls in a stream',
  schema: 'an answer that follows a JSON schema',
  image: 'an image in the prompt',
  count: 'tokens counted beforehand',
  models: 'the list of models',
  error: 'a refusal, with its status and type',
  broken: 'a stream that breaks raises an error',
} as const

export type MessageFeature = keyof typeof messageFeatures

/** What is asked of every model server, through the gateway, in the order of the document. */
export const serverFeatures = {
  answer: 'an answer',
  stream: 'a stream',
  usage: 'usage, the same streamed or not',
  tools: 'a call of a tool',
  streamTools: 'a call of a tool in a stream',
  turns: 'the result of a tool handed back',
  schema: 'an answer that follows a JSON schema',
  logprobs: 'probabilities of tokens',
  responses: 'a response, by way of chat',
  completions: 'a completion, by way of chat',
  embeddings: 'vectors of texts',
  base64: 'vectors in base64',
  tokens: 'vectors of texts that come as tokens',
  dimensions: 'vectors of another length',
} as const

export type ServerFeature = keyof typeof serverFeatures
