import { describeEmbeddings, type EmbeddingsFixtures, type EmbeddingsRequestFixture } from './embeddings.contract.ts'
import { knownProviders, type ProviderType } from './known-providers.ts'
import type { Provider } from './provider.ts'

const base64 = (...values: number[]): string => Buffer.from(Float32Array.from(values).buffer).toString('base64')

const model = 'upstream-model'
const spelled = '[ "Gr\\u00fc\\u00dfe" ,"b"]'
const texts = ['Grüße', 'b']

/** What an upstream gets that takes whatever callers send. */
const passedOn: readonly EmbeddingsRequestFixture[] = [
  { name: 'a text', body: '{"model":"a","input":"Hello"}', sends: [{ model, input: 'Hello' }] },
  {
    name: 'texts under a name that stays',
    body: ` {"input":${spelled} , "model" : "upstream-model"}\n`,
    sends: [{ model, input: texts }],
  },
  {
    name: 'everything',
    body: `{"model":"a","dimensions":256,"input":${spelled},"encoding_format":"base64","user":"me","task":{"x": 1.50}}`,
    sends: [{ model, input: texts, dimensions: 256, encoding_format: 'base64', user: 'me', task: { x: 1.5 } }],
  },
  {
    name: 'nulls',
    body: '{"model":"a","input":"Hello","dimensions":null,"encoding_format":null}',
    sends: [{ model, input: 'Hello', dimensions: null, encoding_format: null }],
  },
  {
    name: "the length of the model's own vectors, which changes nothing",
    body: '{"model":"a","input":"Hello","dimensions":1024}',
    target: { dimensions: 1024 },
    sends: [{ model, input: 'Hello' }],
  },
  {
    name: 'another length than that',
    body: '{"model":"a","input":"Hello","dimensions":512}',
    target: { dimensions: 1024 },
    sends: [{ model, input: 'Hello', dimensions: 512 }],
  },
  {
    name: "nothing of what is the gateway's own",
    body: '{"models":["b"],"model":"a","metadata":{"a":"b"},"input":"Hello","session_id":"s"}',
    sends: [{ model, input: 'Hello' }],
  },
  {
    name: 'a hundred long texts at once',
    body: JSON.stringify({ model: 'a', input: Array.from({ length: 100 }, (_, at) => 'x'.repeat(5000 + at)) }),
    sends: [{ model, input: Array.from({ length: 100 }, (_, at) => 'x'.repeat(5000 + at)) }],
  },
]

const openaiUsage = { inputTokens: 8, outputTokens: 0 }

const openai: EmbeddingsFixtures = {
  requests: passedOn,
  answers: [
    {
      name: 'OpenAI in floats',
      body: `{
  "object": "list",
  "data": [
    {
      "object": "embedding",
      "index": 0,
      "embedding": [
        0.0023064255,
        -0.009327292
      ]
    },
    {
      "object": "embedding",
      "index": 1,
      "embedding": [
        -0.0028842222,
        1e-05
      ]
    }
  ],
  "model": "text-embedding-3-small",
  "usage": {
    "prompt_tokens": 8,
    "total_tokens": 8
  }
}
`,
      vectors: [
        [0.0023064255, -0.009327292],
        [-0.0028842222, 1e-5],
      ],
      usage: openaiUsage,
    },
    {
      name: 'OpenAI in base64',
      body: `{"object":"list","data":[{"object":"embedding","index":0,"embedding":"${base64(0.5, -0.25, 3e-8)}"}],"model":"text-embedding-3-small","usage":{"prompt_tokens":8,"total_tokens":8}}`,
      vectors: [[0.5, -0.25, 3e-8]],
      usage: openaiUsage,
    },
  ],
}

const ollama: EmbeddingsFixtures = {
  requests: passedOn,
  answers: [
    {
      name: 'Ollama',
      body: '{"object":"list","data":[{"object":"embedding","embedding":[0.6,-0.8],"index":0},{"object":"embedding","embedding":[0,1],"index":1}],"model":"nomic-embed-text","usage":{"prompt_tokens":6,"total_tokens":6}}\n',
      vectors: [
        [0.6, -0.8],
        [0, 1],
      ],
      usage: { inputTokens: 6, outputTokens: 0 },
    },
  ],
  badAnswers: [
    { name: 'its own API', body: '{"embedding":[0.6,-0.8]}', failure: { code: 'upstream_bad_response' } },
    { name: 'its newer API', body: '{"embeddings":[[0.6,-0.8]]}', failure: { code: 'upstream_bad_response' } },
  ],
}

const vllm: EmbeddingsFixtures = {
  requests: passedOn,
  answers: [
    {
      name: 'vLLM, with an id and a usage of its own',
      body: '{"id":"embd-3f0c","object":"list","created":1764180000,"model":"intfloat/e5","data":[{"index":0,"object":"embedding","embedding":[0.01,0.02]}],"usage":{"prompt_tokens":4,"total_tokens":4,"completion_tokens":0,"prompt_tokens_details":null}}',
      vectors: [[0.01, 0.02]],
      usage: { inputTokens: 4, outputTokens: 0 },
      id: 'embd-3f0c',
    },
  ],
  badAnswers: [
    {
      name: 'a model without embeddings',
      body: '{"object":"error","message":"The model does not support Embeddings API","type":"BadRequestError","param":null,"code":400}',
      failure: { class: 'caller_fault', status: 400 },
    },
    {
      name: 'a vector for each token',
      body: '{"object":"list","data":[{"index":0,"object":"embedding","embedding":[[0.1,0.2],[0.3,0.4]]}]}',
      failure: { code: 'upstream_bad_response' },
    },
  ],
}

const sglang: EmbeddingsFixtures = {
  requests: passedOn,
  answers: [
    {
      name: 'SGLang',
      body: '{"data":[{"embedding":[0.01,0.02],"index":0,"object":"embedding"}],"model":"gte","object":"list","usage":{"prompt_tokens":4,"total_tokens":4,"completion_tokens":0}}',
      vectors: [[0.01, 0.02]],
      usage: { inputTokens: 4, outputTokens: 0 },
    },
  ],
}

const together: EmbeddingsFixtures = {
  requests: passedOn,
  answers: [
    {
      name: 'Together, which leaves out usage',
      body: '{"object":"list","data":[{"index":0,"object":"embedding","embedding":[-0.1,0.2]}],"model":"BAAI/bge-large-en-v1.5","request_id":"o-1"}',
      vectors: [[-0.1, 0.2]],
      usage: {},
    },
  ],
}

const openrouter: EmbeddingsFixtures = {
  requests: passedOn,
  answers: [
    {
      name: 'OpenRouter, with its own cost',
      body: '{"object":"list","data":[{"object":"embedding","embedding":[0.5],"index":0}],"model":"openai/text-embedding-3-small","usage":{"prompt_tokens":4,"total_tokens":4,"cost":0.00000008},"provider":"OpenAI","id":"gen-emb-1"}',
      vectors: [[0.5]],
      usage: { inputTokens: 4, outputTokens: 0 },
      id: 'gen-emb-1',
    },
  ],
}

const mistral: EmbeddingsFixtures = {
  requests: [
    { name: 'a text', body: '{"model":"a","input":"Hello"}', sends: [{ model, input: 'Hello' }] },
    {
      name: 'a length, under its own name',
      body: `{"model":"a","dimensions": 256,"input":${spelled},"output_dtype":"int8"}`,
      sends: [{ model, output_dimension: 256, input: texts, output_dtype: 'int8' }],
    },
    {
      name: 'nothing that it would refuse',
      body: '{"model":"a","input":"Hello","user":"me","dimensions":null,"metadata":{},"encoding_format":"float","task":"x"}',
      sends: [{ model, input: 'Hello', encoding_format: 'float' }],
      drops: ['user', 'task'],
    },
  ],
  answers: [
    {
      name: 'Mistral',
      body: '{"id":"0c4b","object":"list","data":[{"object":"embedding","embedding":[-0.0165,0.0070],"index":0}],"model":"mistral-embed","usage":{"prompt_audio_seconds":null,"prompt_tokens":7,"total_tokens":7,"completion_tokens":0,"request_count":null,"prompt_token_details":null}}',
      vectors: [[-0.0165, 0.007]],
      usage: { inputTokens: 7, outputTokens: 0 },
      id: '0c4b',
    },
  ],
}

const many = Array.from({ length: 120 }, (_, index) => `${index}`.repeat((index % 7) + 1))
const batch = (from: number, to: number) => ({ model, input: many.slice(from, to), input_type: 'passage' })

const nvidia: EmbeddingsFixtures = {
  requests: [
    {
      name: 'a text alone as a query',
      body: '{"model":"a","input":"Hello"}',
      sends: [{ model, input: 'Hello', input_type: 'query' }],
    },
    {
      name: 'a list as passages',
      body: `{"model":"a","input":${spelled}}`,
      sends: [{ model, input: texts, input_type: 'passage' }],
    },
    {
      name: 'a list of one as a passage too',
      body: '{"model":"a","input":["Hello"]}',
      sends: [{ model, input: ['Hello'], input_type: 'passage' }],
    },
    {
      name: 'what the caller says it is',
      body: '{"model":"nvidia/e5-passage","input":["Hello"],"input_type":"query","truncate":"END"}',
      sends: [{ model, input: ['Hello'], input_type: 'query', truncate: 'END' }],
    },
    {
      name: 'what the name asked for says it is',
      body: '{"model":"nvidia/e5-passage","input":"Hello"}',
      sends: [{ model, input: 'Hello', input_type: 'passage' }],
    },
    {
      name: "what the target's name says it is, which NVIDIA has without that",
      body: '{"model":"search","input":["Hello"]}',
      target: { upstreamModel: 'nvidia/e5-query' },
      sends: [{ model: 'nvidia/e5', input: ['Hello'], input_type: 'query' }],
    },
    {
      name: 'nothing that it would refuse',
      body: '{"model":"a","input":"Hello","dimensions":1024,"input_type":null,"user":"me","task":"x","truncate":null,"metadata":{"a":"b"}}',
      target: { dimensions: 1024 },
      sends: [{ model, input: 'Hello', user: 'me', input_type: 'query' }],
      drops: ['task'],
    },
    {
      name: 'another length, for it to judge',
      body: '{"model":"a","input":"Hello","dimensions":512,"encoding_format":"base64"}',
      target: { dimensions: 1024 },
      sends: [{ model, input: 'Hello', dimensions: 512, encoding_format: 'base64', input_type: 'query' }],
    },
    {
      name: 'as many as it takes at once',
      body: JSON.stringify({ model: 'a', input: many.slice(0, 50) }),
      sends: [batch(0, 50)],
    },
    {
      name: 'more than it takes at once in batches',
      body: JSON.stringify({ model: 'a', input: many }),
      sends: [batch(0, 50), batch(50, 100), batch(100, 120)],
    },
    {
      name: 'long texts in batches',
      body: JSON.stringify({ model: 'a', input: many.slice(0, 51).map((text) => text.padEnd(5000, 'x')) }),
      sends: [
        { model, input: many.slice(0, 50).map((text) => text.padEnd(5000, 'x')), input_type: 'passage' },
        { model, input: [many[50]?.padEnd(5000, 'x')], input_type: 'passage' },
      ],
    },
  ],
  answers: [
    {
      name: 'NVIDIA',
      body: '{"object":"list","data":[{"index":0,"embedding":[-0.0265350341796875,0.03326416015625],"object":"embedding"}],"model":"nvidia/nv-embedqa-e5-v5","usage":{"prompt_tokens":8,"total_tokens":8}}',
      vectors: [[-0.0265350341796875, 0.03326416015625]],
      usage: { inputTokens: 8, outputTokens: 0 },
    },
    {
      name: 'NVIDIA out of order',
      body: '{"object":"list","data":[{"index":1,"embedding":[1,2],"object":"embedding"},{"index":0,"embedding":[3,4],"object":"embedding"}],"model":"nvidia/nv-embedqa-e5-v5","usage":{"prompt_tokens":8,"total_tokens":8}}',
      vectors: [
        [3, 4],
        [1, 2],
      ],
      usage: { inputTokens: 8, outputTokens: 0 },
    },
  ],
}

const gateway: EmbeddingsFixtures = {
  requests: [
    {
      name: 'the fallbacks that were planned, and every field',
      body: '{"model":"a","models":["x"],"input":"Hello","metadata":{"a":"b"},"session_id":"s","dimensions":256}',
      target: { fallbackModels: ['b', 'c'], dimensions: 256 },
      sends: [{ model, models: ['b', 'c'], input: 'Hello', metadata: { a: 'b' }, session_id: 's', dimensions: 256 }],
    },
  ],
  answers: [
    {
      name: 'a gateway that chose another model',
      body: '{"object":"list","data":[{"object":"embedding","index":0,"embedding":[1]}],"model":"lab/other","usage":{"prompt_tokens":2,"total_tokens":2,"cost":0.5,"cost_details":{"total":"0.5"}}}',
      vectors: [[1]],
      usage: { inputTokens: 2, outputTokens: 0 },
    },
  ],
}

const requestOf = (text: string, length = {}) => ({
  model: 'models/upstream-model',
  content: { parts: [{ text }] },
  ...length,
})

const gemini: EmbeddingsFixtures = {
  shape: {
    path: '/models/upstream-model:batchEmbedContents',
    textsIn: ({ requests }) =>
      (requests as ReturnType<typeof requestOf>[]).map(({ content }) => content.parts[0]?.text ?? ''),
    replyOf: (vectors) => ({
      embeddings: vectors.map((values) => ({ values })),
      usageMetadata: { promptTokenCount: vectors.length },
    }),
  },
  requests: [
    { name: 'one text', body: '{"model":"a","input":"Hello"}', sends: [{ requests: [requestOf('Hello')] }] },
    {
      name: 'texts of a length, and what it has no word for',
      body: '{"model":"a","input":["Grüße","Gr\\u00fc\\u00dfe!"],"dimensions":2,"user":"u","input_type":"query"}',
      sends: [
        {
          requests: [requestOf('Grüße', { outputDimensionality: 2 }), requestOf('Grüße!', { outputDimensionality: 2 })],
        },
      ],
      drops: ['user', 'input_type'],
    },
  ],
  answers: [
    {
      name: 'a model that counts',
      body: '{"embeddings":[{"values":[0.25,-1]},{"values":[0.5,1e-7]}],"usageMetadata":{"promptTokenCount":3}}',
      vectors: [
        [0.25, -1],
        [0.5, 1e-7],
      ],
      usage: { inputTokens: 3 },
    },
    { name: 'a model that does not count', body: '{"embeddings":[{"values":[0.25]}]}', vectors: [[0.25]], usage: {} },
  ],
}

const instanceOf = (content: string) => ({ content })

/** https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api */
const vertex: EmbeddingsFixtures = {
  shape: {
    path: '/publishers/google/models/upstream-model:predict',
    textsIn: ({ instances }) => (instances as ReturnType<typeof instanceOf>[]).map(({ content }) => content),
    replyOf: (vectors) => ({
      predictions: vectors.map((values) => ({ embeddings: { values, statistics: { token_count: 1 } } })),
    }),
  },
  requests: [
    { name: 'one text', body: '{"model":"a","input":"Hello"}', sends: [{ instances: [instanceOf('Hello')] }] },
    {
      name: 'texts of a length, and what it has no word for',
      body: '{"model":"a","input":["Grüße","b"],"dimensions":2,"user":"u"}',
      sends: [{ instances: [instanceOf('Grüße'), instanceOf('b')], parameters: { outputDimensionality: 2 } }],
      drops: ['user'],
    },
  ],
  answers: [
    {
      name: 'a model that counts',
      body: '{"predictions":[{"embeddings":{"statistics":{"truncated":false,"token_count":4},"values":[0.25,-1]}},{"embeddings":{"statistics":{"truncated":false,"token_count":3},"values":[0.5,1e-7]}}]}',
      vectors: [
        [0.25, -1],
        [0.5, 1e-7],
      ],
      usage: { inputTokens: 7 },
    },
    {
      name: 'a model that does not count',
      body: '{"predictions":[{"embeddings":{"values":[0.25]}}]}',
      vectors: [[0.25]],
      usage: {},
    },
  ],
}

const cohere: EmbeddingsFixtures = {
  requests: [
    {
      name: 'nothing that it does not take',
      body: '{"model":"a","input":["Hello","b"],"dimensions":256,"user":"me","encoding_format":"float"}',
      sends: [{ model, input: ['Hello', 'b'], encoding_format: 'float' }],
      drops: ['dimensions', 'user'],
    },
  ],
  answers: [
    {
      name: 'Cohere, in the shape of OpenAI',
      body: '{"object":"list","data":[{"object":"embedding","index":0,"embedding":[-0.1,0.2]}],"model":"embed-v4.0","usage":{"prompt_tokens":3,"total_tokens":3}}',
      vectors: [[-0.1, 0.2]],
      usage: { inputTokens: 3, outputTokens: 0 },
    },
  ],
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html; Cohere's are in its folder. */
const titan: EmbeddingsFixtures = {
  shape: {
    path: '/model/upstream-model/invoke',
    textsIn: ({ inputText }) => [inputText as string],
    replyOf: ([embedding]) => ({ embedding, inputTextTokenCount: 1 }),
  },
  requests: [
    { name: 'one text', body: '{"model":"a","input":"Hello"}', sends: [{ inputText: 'Hello' }] },
    {
      name: 'texts one after the other, with a length, and what it has no word for',
      body: '{"model":"a","input":["Grüße","b"],"dimensions":256,"user":"u"}',
      sends: [
        { inputText: 'Grüße', dimensions: 256 },
        { inputText: 'b', dimensions: 256 },
      ],
      drops: ['user'],
    },
  ],
  answers: [
    {
      name: 'a model that counts',
      body: '{"embedding":[0.25,1e-7],"inputTextTokenCount":3}',
      vectors: [[0.25, 1e-7]],
      usage: { inputTokens: 3 },
    },
    { name: 'a model that does not count', body: '{"embedding":[0.25]}', vectors: [[0.25]], usage: {} },
  ],
}

const suites: Partial<Record<ProviderType, EmbeddingsFixtures>> = {
  bedrock: titan,
  cohere,
  fireworks: openai,
  deepinfra: openai,
  gemini,
  vertex,
  'openai-compatible': openai,
  openai,
  azure: openai,
  nvidia,
  mistral,
  together,
  openrouter,
  vllm,
  sglang,
  ollama,
  speka: gateway,
  sandbox: openai,
}

for (const [type, fixtures] of Object.entries(suites))
  describeEmbeddings(type, knownProviders[type as ProviderType].adapter, fixtures)

test('every other provider has none', () => {
  const types = Object.keys(knownProviders) as ProviderType[]
  const others = types.filter((type) => suites[type] === undefined)
  const offering = others.filter((type) => (knownProviders[type].adapter as Provider).embeddings !== undefined)
  const remedy = 'give it a row in the suites of embeddings.test.ts; OpenAI’s own shape has fixtures there: openai'
  expect(offering.map((type) => `${type} offers embeddings: ${remedy}`)).toEqual([])
})
