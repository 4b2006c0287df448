import type { Body, Kind } from './playground-form.ts'
import { pathsOf } from './playground-form.ts'

/** A request, and where it is sent. */
export interface CodeFor {
  readonly kind: Kind
  /** With the model. */
  readonly body: Body
  /** Of the gateway, with `/v1`. */
  readonly baseUrl: string
}

/** The key is in none of them: each reads it from where keys belong. */
const KEY = 'SPEKA_API_KEY'

/** How each program makes the request; `undefined`: it does not know that kind. */
export const languages: Readonly<Record<string, (asked: CodeFor) => string | undefined>> = {
  curl: ({ kind, body, baseUrl }) => `curl ${baseUrl}/${pathsOf[kind]} \\
  -H "Authorization: Bearer $${KEY}" \\
  -H "Content-Type: application/json" \\
  -d '${JSON.stringify(body, null, 2).replaceAll("'", `'\\''`)}'`,

  Python: ({ kind, body, baseUrl }) => `import os
from openai import OpenAI

client = OpenAI(base_url="${baseUrl}", api_key=os.environ["${KEY}"])
answer = client.${callOf[kind].python}(
${Object.entries(body)
  .map(([name, value]) => `    ${name}=${pythonOf(value, 1)},\n`)
  .join('')})
print(${callOf[kind].result})`,

  Node: ({ kind, body, baseUrl }) => `import OpenAI from 'openai'

const client = new OpenAI({ baseURL: '${baseUrl}', apiKey: process.env.${KEY} })
const answer = await client.${callOf[kind].node}(${JSON.stringify(body, null, 2)})
console.log(${callOf[kind].result})`,

  LangChain: ({ kind, body, baseUrl }) =>
    frameworks[kind]?.langchain(body, `baseURL: '${baseUrl}', apiKey: process.env.${KEY}`),

  LlamaIndex: ({ kind, body, baseUrl }) =>
    frameworks[kind]?.llamaindex(body, `baseURL: '${baseUrl}', apiKey: process.env.${KEY}`),

  n8n: ({ kind, body, baseUrl }) => {
    const node = frameworks[kind]?.n8n
    return node === undefined
      ? undefined
      : `Install the community node n8n-nodes-speka, and make a credential "Speka API":
  Base URL  ${baseUrl}
  API Key   your key
Add the node "${node}" and choose the model
  ${String(body['model'])}`
  },
}

const callOf: Readonly<Record<Kind, { readonly python: string; readonly node: string; readonly result: string }>> = {
  chat: {
    python: 'chat.completions.create',
    node: 'chat.completions.create',
    result: 'answer.choices[0].message',
  },
  images: { python: 'images.generate', node: 'images.generate', result: 'answer.data[0]' },
  embeddings: { python: 'embeddings.create', node: 'embeddings.create', result: 'answer.data[0].embedding' },
}

interface Framework {
  readonly langchain: (body: Body, where: string) => string
  readonly llamaindex: (body: Body, where: string) => string
  readonly n8n: string
}

const frameworks: Readonly<Partial<Record<Kind, Framework>>> = {
  chat: {
    langchain: (body, where) => {
      const { tools, response_format: format } = body
      const bound = tools === undefined ? '' : `.bindTools(${json(tools)})`
      const given = format === undefined ? '' : `, { response_format: ${json(format)} }`
      return `import { ChatSpeka } from '@speka/langchain'

const model = new ChatSpeka({ ${settingsOf(body)}, ${where} })${bound}
const answer = await model.invoke(${json(body['messages'])}${given})
console.log(answer.text)`
    },
    llamaindex: (body, where) => `import { SpekaLLM } from '@speka/llamaindex'

const llm = new SpekaLLM({ ${settingsOf(body)}, ${where} })
const answer = await llm.chat({ messages: ${json(body['messages'])} })
console.log(answer.message.content)`,
    n8n: 'Speka Chat Model',
  },
  embeddings: {
    langchain: (body, where) => `import { SpekaEmbeddings } from '@speka/langchain'

const embeddings = new SpekaEmbeddings({ model: ${json(body['model'])}, ${where} })
console.log(await embeddings.embedQuery(${json(body['input'])}))`,
    llamaindex: (body, where) => `import { SpekaEmbedding } from '@speka/llamaindex'

const embedding = new SpekaEmbedding({ model: ${json(body['model'])}, ${where} })
console.log(await embedding.getTextEmbedding(${json(body['input'])}))`,
    n8n: 'Embeddings Speka',
  },
}

const json = (value: unknown): string => JSON.stringify(value, null, 2)

const settingsOf = ({ model, temperature, max_tokens: maxTokens }: Body): string =>
  [
    `model: ${json(model)}`,
    ...(temperature === undefined ? [] : [`temperature: ${json(temperature)}`]),
    ...(maxTokens === undefined ? [] : [`maxTokens: ${json(maxTokens)}`]),
  ].join(', ')

/** JSON is no Python where it comes to `true`, `false` and `null`. */
function pythonOf(value: unknown, depth: number): string {
  const inner = ' '.repeat(4 * (depth + 1))
  const outer = ' '.repeat(4 * depth)
  if (value === null || value === undefined) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (Array.isArray(value))
    return value.length === 0
      ? '[]'
      : `[\n${value.map((item) => `${inner}${pythonOf(item, depth + 1)},\n`).join('')}${outer}]`
  if (typeof value !== 'object') return JSON.stringify(value)
  const fields = Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${pythonOf(item, depth + 1)}`)
  return `{${fields.join(', ')}}`
}
