// An agent of LangChain with a tool, a fallback, and a cap on what one run may cost.
import { createGateway } from '@speka/core/node'
import { ChatSpeka, SpekaCostHandler, SpekaSpendCapError } from '@speka/langchain'
import { AIMessage, createAgent, tool } from 'langchain'
import { z } from 'zod'

// With SPEKA_API_KEY set, calls go to that gateway. Without, the sandbox answers in this process.
const gateway = process.env['SPEKA_API_KEY'] === undefined ? createGateway({ config: {} }) : undefined
const [model = 'speka/sandbox'] = process.argv.slice(2)

const weather = tool(({ city }) => `It is sunny in ${city}.`, {
  name: 'get_weather',
  description: 'The weather of a city.',
  schema: z.object({ city: z.string() }),
})

const agent = createAgent({ model: new ChatSpeka({ model, models: ['speka/sandbox'], gateway }), tools: [weather] })
const question = { messages: [{ role: 'user', content: 'What is the weather in Paris?' }] }

const costs = new SpekaCostHandler({ maxCostUsd: 0.05 })
const { messages } = await agent.invoke(question, { callbacks: [costs] })
for (const message of messages) {
  const calls = message instanceof AIMessage ? (message.tool_calls ?? []) : []
  const says = calls.map(({ name, args }) => `calls ${name}(${JSON.stringify(args)})`)
  console.log(message.type.padEnd(5), message.text, ...says)
}
console.log(`${costs.calls} calls, cost ${costs.totalUsd} USD, ${costs.remainingUsd} left`)

try {
  await agent.invoke(question, { callbacks: [new SpekaCostHandler({ maxCostUsd: '0.0000001' })] })
} catch (error) {
  if (!(error instanceof SpekaSpendCapError)) throw error
  console.log(`${error.code}: ${error.message}`)
}
