// The official OpenAI SDK with the gateway in place of the network. The first model is rate limited, the second answers.
import OpenAI from 'openai'
import { createGateway } from '@speka/core/node'

// With SPEKA_API_KEY set, calls go to that gateway. Without, the sandbox answers in this process.
const speka = createGateway(process.env['SPEKA_API_KEY'] === undefined ? { config: {} } : {})
const client = new OpenAI({ apiKey: 'unused', fetch: speka.fetch })

// `models` is an extension of OpenAI's request, so the SDK's types do not know it.
const request: OpenAI.ChatCompletionCreateParamsNonStreaming & { models: string[] } = {
  model: 'speka/sandbox:429',
  models: ['speka/sandbox'],
  messages: [{ role: 'user', content: 'Is anybody there?' }],
}
const { data: answer, response } = await client.chat.completions.create(request).withResponse()

console.log(answer.choices[0]?.message.content)
console.log(`answered by  ${response.headers.get('x-speka-model')}`)
console.log(`attempts     ${response.headers.get('x-speka-attempts')}`)
console.log(`cost in USD  ${response.headers.get('x-speka-cost-usd')}`)
