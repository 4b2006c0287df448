import type { OperationName } from '@speka/core'

/** What a snippet is for. */
export interface SnippetFor {
  readonly model: string
  readonly operation: OperationName
  /** Of the gateway, without a slash at the end. */
  readonly origin: string
}

/** How one client calls a model. */
export interface Snippet {
  readonly title: string
  /** What has to be installed before; `undefined`: nothing. */
  readonly install?: string
  readonly code: string
}

/** The key is never in a page: each snippet reads it from where keys belong. */
const KEY = 'SPEKA_API_KEY'

/** How a model is called by curl and by clients that people have, as far as they know its operation. */
export function snippetsOf({ model, operation, origin }: SnippetFor): Snippet[] {
  return snippetMakers[operation]({ model: JSON.stringify(model), url: `${origin}/v1`, plain: model })
}

interface Parts {
  /** As a literal that shells' JSON, Python and JavaScript all read. */
  readonly model: string
  readonly plain: string
  readonly url: string
}

const PYTHON = { title: 'Python', install: 'pip install openai' }
const NODE = { title: 'Node', install: 'npm install openai' }

const pythonClient = (url: string): string => `import os
from openai import OpenAI

client = OpenAI(base_url="${url}", api_key=os.environ["${KEY}"])`

const nodeClient = (url: string): string => `import OpenAI from 'openai'

const client = new OpenAI({ baseURL: '${url}', apiKey: process.env.${KEY} })`

/** JSON within single quotes of a shell. */
const quoted = (json: string): string => `'${json.replaceAll("'", `'\\''`)}'`

const curl = (url: string, body: string): Snippet => ({
  title: 'curl',
  code: `curl ${url} \\
  -H "Authorization: Bearer $${KEY}" \\
  -H "Content-Type: application/json" \\
  -d ${quoted(body)}`,
})

/** A form with a recording. The model comes first, so that the file need not be held until it is known. */
const curlForm = (url: string, model: string): Snippet => ({
  title: 'curl',
  code: `curl ${url} \\
  -H "Authorization: Bearer $${KEY}" \\
  -F ${quoted(`model=${model}`)} \\
  -F file=@talk.mp3`,
})

const snippetMakers: Readonly<Record<OperationName, (parts: Parts) => Snippet[]>> = {
  chat: ({ model, plain, url }) => [
    curl(`${url}/chat/completions`, `{"model": ${model}, "messages": [{"role": "user", "content": "Hello"}]}`),
    {
      ...PYTHON,
      code: `${pythonClient(url)}
answer = client.chat.completions.create(
    model=${model},
    messages=[{"role": "user", "content": "Hello"}],
)
print(answer.choices[0].message.content)`,
    },
    {
      ...NODE,
      code: `${nodeClient(url)}
const answer = await client.chat.completions.create({
  model: ${model},
  messages: [{ role: 'user', content: 'Hello' }],
})
console.log(answer.choices[0].message.content)`,
    },
    {
      title: 'LangChain',
      install: 'npm install @speka/langchain @langchain/core',
      code: `import { ChatSpeka } from '@speka/langchain'

const model = new ChatSpeka({ model: ${model}, baseURL: '${url}', apiKey: process.env.${KEY} })
const answer = await model.invoke('Hello')
console.log(answer.text)`,
    },
    {
      title: 'LlamaIndex',
      install: 'npm install @speka/llamaindex llamaindex',
      code: `import { SpekaLLM } from '@speka/llamaindex'

const llm = new SpekaLLM({ model: ${model}, baseURL: '${url}', apiKey: process.env.${KEY} })
const answer = await llm.chat({ messages: [{ role: 'user', content: 'Hello' }] })
console.log(answer.message.content)`,
    },
    {
      title: 'n8n',
      install: 'n8n-nodes-speka',
      code: `Install the community node above, then make a credential "Speka API":
  Base URL  ${url}
  API Key   your key
Add the node "Speka Chat Model" and choose the model
  ${plain}`,
    },
  ],
  embeddings: ({ model, plain, url }) => [
    curl(`${url}/embeddings`, `{"model": ${model}, "input": "Hello"}`),
    {
      ...PYTHON,
      code: `${pythonClient(url)}
answer = client.embeddings.create(model=${model}, input="Hello")
print(len(answer.data[0].embedding))`,
    },
    {
      ...NODE,
      code: `${nodeClient(url)}
const answer = await client.embeddings.create({ model: ${model}, input: 'Hello' })
console.log(answer.data[0].embedding.length)`,
    },
    {
      title: 'LangChain',
      install: 'npm install @speka/langchain @langchain/core',
      code: `import { SpekaEmbeddings } from '@speka/langchain'

const embeddings = new SpekaEmbeddings({ model: ${model}, baseURL: '${url}', apiKey: process.env.${KEY} })
console.log(await embeddings.embedQuery('Hello'))`,
    },
    {
      title: 'LlamaIndex',
      install: 'npm install @speka/llamaindex llamaindex',
      code: `import { SpekaEmbedding } from '@speka/llamaindex'

const embedding = new SpekaEmbedding({ model: ${model}, baseURL: '${url}', apiKey: process.env.${KEY} })
console.log(await embedding.getTextEmbedding('Hello'))`,
    },
    {
      title: 'n8n',
      install: 'n8n-nodes-speka',
      code: `Install the community node above, then make a credential "Speka API":
  Base URL  ${url}
  API Key   your key
Add the node "Embeddings Speka" and choose the model
  ${plain}`,
    },
  ],
  images: ({ model, url }) => [
    curl(`${url}/images/generations`, `{"model": ${model}, "prompt": "A lighthouse at dusk"}`),
    {
      ...PYTHON,
      code: `${pythonClient(url)}
answer = client.images.generate(model=${model}, prompt="A lighthouse at dusk")
print(answer.data[0])`,
    },
    {
      ...NODE,
      code: `${nodeClient(url)}
const answer = await client.images.generate({ model: ${model}, prompt: 'A lighthouse at dusk' })
console.log(answer.data[0])`,
    },
  ],
  image_edits: ({ model, plain, url }) => [
    {
      title: 'curl',
      code: `curl ${url}/images/edits \\
  -H "Authorization: Bearer $${KEY}" \\
  -F ${quoted(`model=${plain}`)} \\
  -F prompt="in the snow" \\
  -F image[]=@fox.png`,
    },
    {
      ...PYTHON,
      code: `${pythonClient(url)}
answer = client.images.edit(model=${model}, image=open("fox.png", "rb"), prompt="in the snow")
print(answer.data[0].b64_json)`,
    },
    {
      ...NODE,
      code: `${nodeClient(url)}
const answer = await client.images.edit({ model: ${model}, image: createReadStream('fox.png'), prompt: 'in the snow' })
console.log(answer.data?.[0]?.b64_json)`.replace(
        'import OpenAI',
        "import { createReadStream } from 'node:fs'\nimport OpenAI",
      ),
    },
  ],
  rerank: ({ model, url }) => [
    curl(`${url}/rerank`, `{"model": ${model}, "query": "red fruit", "documents": ["a banana", "a cherry"]}`),
  ],
  transcription: ({ model, plain, url }) => [
    curlForm(`${url}/audio/transcriptions`, plain),
    {
      ...PYTHON,
      code: `${pythonClient(url)}
answer = client.audio.transcriptions.create(model=${model}, file=open("talk.mp3", "rb"))
print(answer.text)`,
    },
    {
      ...NODE,
      code: `${nodeClient(url)}
const answer = await client.audio.transcriptions.create({ model: ${model}, file: createReadStream('talk.mp3') })
console.log(answer.text)`.replace('import OpenAI', "import { createReadStream } from 'node:fs'\nimport OpenAI"),
    },
  ],
  translation: ({ model, plain, url }) => [
    curlForm(`${url}/audio/translations`, plain),
    {
      ...PYTHON,
      code: `${pythonClient(url)}
answer = client.audio.translations.create(model=${model}, file=open("talk.mp3", "rb"))
print(answer.text)`,
    },
  ],
  speech: ({ model, url }) => [
    {
      ...curl(`${url}/audio/speech`, `{"model": ${model}, "voice": "alloy", "input": "Hello"}`),
      code: `${curl(`${url}/audio/speech`, `{"model": ${model}, "voice": "alloy", "input": "Hello"}`).code} \\
  -o hello.mp3`,
    },
    {
      ...PYTHON,
      code: `${pythonClient(url)}
with client.audio.speech.with_streaming_response.create(model=${model}, voice="alloy", input="Hello") as answer:
    answer.stream_to_file("hello.mp3")`,
    },
    {
      ...NODE,
      code: `${nodeClient(url)}
const answer = await client.audio.speech.create({ model: ${model}, voice: 'alloy', input: 'Hello' })
await writeFile('hello.mp3', Buffer.from(await answer.arrayBuffer()))`.replace(
        'import OpenAI',
        "import { writeFile } from 'node:fs/promises'\nimport OpenAI",
      ),
    },
  ],
  moderation: ({ model, url }) => [
    curl(`${url}/moderations`, `{"model": ${model}, "input": "I will kill it"}`),
    {
      ...PYTHON,
      code: `${pythonClient(url)}
answer = client.moderations.create(model=${model}, input="I will kill it")
print(answer.results[0].flagged)`,
    },
    {
      ...NODE,
      code: `${nodeClient(url)}
const answer = await client.moderations.create({ model: ${model}, input: 'I will kill it' })
console.log(answer.results[0].flagged)`,
    },
  ],
}
