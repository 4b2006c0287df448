// A gateway inside your own program: no server, no port. Uses the sandbox, so it needs no key and no network.
import { createGateway } from '@speka/core/node'

const speka = createGateway({
  config: {
    // The environment is not read here: in process, you hand the keys in.
    providers: { nvidia: { type: 'nvidia', api_key: process.env['NVIDIA_API_KEY'] } },
    routing: { fallbacks: { 'speka/sandbox:503': ['speka/sandbox'] } },
  },
  // Once for each request, however it ended. This is where you would write to a table of your own.
  onUsage: ({ id, outcome, attempts }) => console.log(`${id}: ${outcome} after ${attempts.length} attempts`),
})

const answer = await speka.chat({
  model: 'speka/sandbox:503',
  messages: [{ role: 'user', content: 'Hello from code!' }],
})

console.log(answer.choices[0]?.message.content)
console.log(`asked for speka/sandbox:503, answered by ${answer.model}, cost ${answer.cost} USD`)
for (const { model, provider, outcome, status } of answer.attempts) {
  console.log(`  ${model} at ${provider}: ${outcome}${status === undefined ? '' : ` (${status})`}`)
}
