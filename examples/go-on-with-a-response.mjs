// A conversation by the Responses API: SPEKA_API_KEY=sk-speka-… node examples/go-on-with-a-response.mjs [MODEL]
// OpenAI keeps responses, so a second question needs the id of the first answer alone. The sandbox, like most, keeps none: the gateway
// says so by a code, and the conversation is sent whole.
const { SPEKA_BASE_URL = 'http://127.0.0.1:7735/v1', SPEKA_API_KEY } = process.env
const [model = 'speka/sandbox'] = process.argv.slice(2)

/** @param {object} body */
const respond = async (body) => {
  const response = await fetch(`${SPEKA_BASE_URL}/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SPEKA_API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, ...body }),
  })
  return JSON.parse(await response.text())
}

/** @type {(response: { output: { type: string, content: { text: string }[] }[] }) => string} */
const textOf = ({ output }) =>
  output.flatMap(({ type, content }) => (type === 'message' ? content.map(({ text }) => text) : [])).join('')

const question = { role: 'user', content: 'My name is Ada.' }
const next = { role: 'user', content: 'What is my name?' }

const first = await respond({ input: [question], store: true })
if (first.error) throw new Error(first.error.message)
console.log(textOf(first))

let second = await respond({ input: [next], previous_response_id: first.id })
if (second.error) {
  console.log(`${second.error.code}: sent whole`)
  second = await respond({ input: [question, ...first.output, next] })
}
console.log(textOf(second))
console.log(`${second.usage.input_tokens} tokens in, cost ${second.usage.cost_details.total} USD`)
