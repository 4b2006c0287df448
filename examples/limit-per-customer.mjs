// So much a month for each customer of yours, whoever they are: SPEKA_ADMIN_TOKEN=speka-admin-… node examples/limit-per-customer.mjs [USD]
const {
  SPEKA_BASE_URL = 'http://127.0.0.1:7735/v1',
  SPEKA_ADMIN_URL = 'http://127.0.0.1:7736',
  SPEKA_ADMIN_TOKEN,
} = process.env
// 5 would be more like it. This is reached at once.
const [usd = '0.000012'] = process.argv.slice(2)

/** @type {(method: string, path: string, body?: object) => Promise<any>} */
const manage = async (method, path, body) => {
  const headers = { authorization: `Bearer ${SPEKA_ADMIN_TOKEN}`, 'content-type': 'application/json' }
  const response = await fetch(`${SPEKA_ADMIN_URL}/api/v1${path}`, { method, headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(await response.text())
  return JSON.parse(await response.text())
}

// One rule, and each customer has a budget of its own by it. Nobody has to be named before.
const limit = await manage('POST', '/limits', { subject: { each: 'customer' }, usd, window: 'month' })
const { key } = await manage('POST', '/keys', { name: 'our product' })

// Your program has one key, and says for whom it asks.
/** @param {string} customer */
const ask = async (customer) => {
  const response = await fetch(`${SPEKA_BASE_URL}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'x-speka-customer': customer },
    body: JSON.stringify({ model: 'speka/sandbox', messages: [{ role: 'user', content: 'Hello!' }] }),
  })
  const { error } = JSON.parse(await response.text())
  console.log(
    `${customer}: ${error === undefined ? 'answered' : `${response.status}, the limit of ${error.limit.subject}`}`,
  )
}
/** @param {string} customer */
const left = async (customer) => {
  const headers = { authorization: `Bearer ${key}`, 'x-speka-customer': customer }
  const response = await fetch(`${SPEKA_BASE_URL}/key`, { headers })
  const { limits } = JSON.parse(await response.text())
  console.log(`${customer} has ${limits[0].remaining} USD left this month`)
}

for (const customer of ['alice', 'alice', 'alice', 'bob']) await ask(customer)
await left('alice')
await left('bob')

await manage('DELETE', `/limits/${limit.id}`)
