// Anthropic's Messages API for any model: SPEKA_API_KEY=sk-speka-… node examples/messages.mjs [MODEL]
// With Anthropic's SDK: new Anthropic({ baseURL: 'http://127.0.0.1:7735', apiKey: process.env.SPEKA_API_KEY })
const { SPEKA_BASE_URL = 'http://127.0.0.1:7735/v1', SPEKA_API_KEY } = process.env
const [model = 'speka/sandbox'] = process.argv.slice(2)

/** @type {(path: string, body: object) => Promise<Response>} */
const post = async (path, body) => {
  const response = await fetch(`${SPEKA_BASE_URL}${path}`, {
    method: 'POST',
    headers: {
      'x-api-key': SPEKA_API_KEY ?? '',
      'anthropic-version': '2023-06-01',
      'content-type': 'application/json',
    },
    body: JSON.stringify({ model, ...body }),
  })
  if (!response.ok) throw new Error(await response.text())
  return response
}

/** @type {object[]} */
const messages = [{ role: 'user', content: 'What is the weather in Paris?' }]
const tools = [
  {
    name: 'get_weather',
    description: 'The weather in a city',
    input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
]

// How long it is, before anything is spent. Who does not count is estimated on the high side.
const counted = await post('/messages/count_tokens', { messages })
const { input_tokens: tokens } = JSON.parse(await counted.text())
console.log(`${tokens} tokens${counted.headers.has('x-speka-estimated') ? ', at most' : ''}`)

const first = JSON.parse(await (await post('/messages', { messages, tools, max_tokens: 1024 })).text())
messages.push({ role: 'assistant', content: first.content })
for (const { type, id, name, input } of first.content) {
  if (type !== 'tool_use') continue
  console.log(`calls ${name}(${JSON.stringify(input)})`)
  messages.push({ role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: 'Sunny, 21 °C.' }] })
}

// The same as events. The last ones tell why it ended, and what it cost.
const { body } = await post('/messages', { messages, tools, max_tokens: 1024, stream: true })
let rest = ''
for await (const text of /** @type {ReadableStream<Uint8Array>} */ (body).pipeThrough(new TextDecoderStream())) {
  const events = (rest + text).split('\n\n')
  rest = events.pop() ?? ''
  for (const event of events) {
    const { type, delta, usage, error } = JSON.parse(event.slice(event.indexOf('data: ') + 6))
    if (type === 'content_block_delta') process.stdout.write(delta.text ?? '')
    if (type === 'message_delta') console.log(`\n${delta.stop_reason}, cost ${usage.cost_details?.total} USD`)
    if (type === 'error') throw new Error(error.message)
  }
}
