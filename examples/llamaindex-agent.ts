// An agent of LlamaIndex.TS with a tool and a fallback, and an answer in the shape of a schema.
import { agent } from '@llamaindex/workflow'
import { createGateway, formatUsd, picoUsd } from '@speka/core/node'
import { SpekaLLM } from '@speka/llamaindex'
import { tool } from 'llamaindex'
import { z } from 'zod'

// With SPEKA_API_KEY set, calls go to that gateway. Without, the sandbox answers in this process.
let cost = 0n
const onUsage = ({ charge = picoUsd(0n) }): void => void (cost += charge)
const gateway = createGateway(process.env['SPEKA_API_KEY'] === undefined ? { config: {}, onUsage } : { onUsage })
const [model = 'speka/sandbox'] = process.argv.slice(2)

const weather = tool({
  name: 'get_weather',
  description: 'The weather of a city.',
  parameters: z.object({ city: z.string() }),
  execute: ({ city }) => `It is sunny in ${city}.`,
})

const llm = new SpekaLLM({ model, models: ['speka/sandbox'], gateway })
const { data } = await agent({ llm, tools: [weather] }).run('What is the weather in Paris?', {
  responseFormat: z.object({ city: z.string(), sunny: z.boolean() }),
})
console.log(data.result)
console.log(data.object)
console.log(`cost ${formatUsd(picoUsd(cost))} USD`)
