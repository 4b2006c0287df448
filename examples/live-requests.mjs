// Requests as they are put on record: SPEKA_ADMIN_TOKEN=speka-admin-… node examples/live-requests.mjs [HOW_MANY]
const { SPEKA_ADMIN_URL = 'http://127.0.0.1:7736', SPEKA_ADMIN_TOKEN } = process.env
const response = await fetch(`${SPEKA_ADMIN_URL}/api/v1/requests/live`, {
  headers: { authorization: `Bearer ${SPEKA_ADMIN_TOKEN}` },
})
if (!response.ok || response.body === null) throw new Error(await response.text())
console.log('Waiting for requests.')

let left = Number(process.argv[2] ?? Infinity)
let text = ''
for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
  const events = (text + piece).split('\n\n')
  text = events.pop() ?? ''
  for (const event of events) {
    const data = /^data: (.*)$/m.exec(event)?.[1]
    // A comment only says that the stream is alive.
    if (data === undefined) continue
    const { requested_model: asked, provider, outcome, cost_usd: cost } = JSON.parse(data)
    console.log(`${asked}, ${provider ?? 'answered by nobody'}: ${outcome}, ${cost ?? 'unknown'} USD`)
    left -= 1
    if (left === 0) process.exit()
  }
}
