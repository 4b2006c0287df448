// Two streams: one that ends well and carries its cost, one that the upstream cuts off.
import { createGateway, SpekaError } from '@speka/core/node'

const speka = createGateway({ config: {} })
const messages = [{ role: 'user', content: 'Count to three.' }]

async function print(model: string): Promise<void> {
  const request = { model, messages, stream_options: { include_usage: true } }
  for await (const { choices, usage } of speka.streamChat(request)) {
    process.stdout.write(choices[0]?.delta.content ?? '')
    if (usage?.cost_details !== undefined) console.log(`\n  cost: ${usage.cost_details.total} USD`)
  }
}

await print('speka/sandbox')

try {
  await print('speka/sandbox:cut@5')
} catch (error) {
  // A broken stream never just ends: the loop throws, after everything that had arrived.
  if (!SpekaError.is(error)) throw error
  console.log(`\n  broke off: ${error.code}: ${error.message}`)
}
