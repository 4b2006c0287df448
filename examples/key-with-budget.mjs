// A key that may spend so much a day and no more: SPEKA_ADMIN_TOKEN=speka-admin-… node examples/key-with-budget.mjs
const {
  SPEKA_BASE_URL = 'http://127.0.0.1:7735/v1',
  SPEKA_ADMIN_URL = 'http://127.0.0.1:7736',
  SPEKA_ADMIN_TOKEN,
} = process.env

/** @type {(url: string, token?: string, body?: object) => Promise<any>} */
const call = async (url, token, body) => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const response = await fetch(
    url,
    body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) },
  )
  return { status: response.status, ...JSON.parse(await response.text()) }
}
/** @type {(path: string, body: object) => Promise<any>} */
const manage = (path, body) => call(`${SPEKA_ADMIN_URL}/api/v1${path}`, SPEKA_ADMIN_TOKEN, body)

// So little that the third question is too much for it. The limit is in force from the key's first request.
const { id, key } = await manage('/keys', { name: 'reports', limits: { usd: '0.000012', window: 'day' } })

const ask = async () => {
  const messages = [{ role: 'user', content: 'Hello!' }]
  const answer = await call(`${SPEKA_BASE_URL}/chat/completions`, key, { model: 'speka/sandbox', messages })
  if (answer.error === undefined) return console.log(`answered, for ${answer.usage.cost_details.total} USD`)
  const { code, limit } = answer.error
  console.log(`refused: ${answer.status} ${code}: ${limit.spent} of ${limit.limit} USD a ${limit.window} are spent`)
  console.log(`it resets at ${limit.resets_at.slice('2026-11-30T'.length)}, and retry-after says in how many seconds`)
}
const left = async () => {
  const [limit] = (await call(`${SPEKA_BASE_URL}/key`, key)).limits
  console.log(`${limit.remaining} USD left`)
}

await ask()
await ask()
await ask()
await left()

// Set again, it is the same limit with another amount: what is spent stays spent.
await manage('/limits', { subject: { key: id }, usd: '0.00005', window: 'day' })
// Every process knows of it within a second.
await new Promise((resolve) => setTimeout(resolve, 1000))
await ask()
await left()
