import { useState } from 'react'
import { CodeBlock } from './code-block.tsx'
import { Select } from './select.tsx'

interface Caller {
  /** Where callers reach the gateway, with `/v1`. */
  readonly baseUrl: string
  readonly apiKey: string
  readonly model: string
}

/** How each program is told of a key. */
const snippets: Readonly<Record<string, (caller: Caller) => string>> = {
  curl: ({ baseUrl, apiKey, model }) => `curl ${baseUrl}/chat/completions \\
  -H "Authorization: Bearer ${apiKey}" \\
  -H "Content-Type: application/json" \\
  -d '{"model": "${model}", "messages": [{"role": "user", "content": "Hello!"}]}'`,
  Python: ({ baseUrl, apiKey, model }) => `from openai import OpenAI

client = OpenAI(base_url="${baseUrl}", api_key="${apiKey}")
answer = client.chat.completions.create(
    model="${model}",
    messages=[{"role": "user", "content": "Hello!"}],
)
print(answer.choices[0].message.content)`,
  Node: ({ baseUrl, apiKey, model }) => `import OpenAI from 'openai'

const client = new OpenAI({ baseURL: '${baseUrl}', apiKey: '${apiKey}' })
const answer = await client.chat.completions.create({
  model: '${model}',
  messages: [{ role: 'user', content: 'Hello!' }],
})
console.log(answer.choices[0].message.content)`,
  LangChain: ({ baseUrl, apiKey, model }) => `import { ChatSpeka } from '@speka/langchain'

const model = new ChatSpeka({ model: '${model}', baseURL: '${baseUrl}', apiKey: '${apiKey}' })
console.log((await model.invoke('Hello!')).text)`,
  LlamaIndex: ({ baseUrl, apiKey, model }) => `import { SpekaLLM } from '@speka/llamaindex'
import { Settings } from 'llamaindex'

Settings.llm = new SpekaLLM({ model: '${model}', baseURL: '${baseUrl}', apiKey: '${apiKey}' })`,
  n8n: ({ baseUrl, apiKey }) => `Credential: Speka API (community node n8n-nodes-speka)
API Key:    ${apiKey}
Base URL:   ${baseUrl}`,
}

const names = Object.keys(snippets)

/** The same call in each of the programs that people use, ready to be pasted. */
export function Snippets(caller: Caller): React.JSX.Element {
  const [name, setName] = useState('curl')
  return (
    <div className="flex flex-col gap-2">
      <Select
        label="Use it from"
        value={name}
        options={names.map((value) => ({ value, text: value }))}
        onChange={setName}
      />
      <CodeBlock label={name} code={snippets[name]?.(caller) ?? ''} />
    </div>
  )
}
