// Accounts on plans, what each of their customers used, and the invoice so far: SPEKA_ADMIN_TOKEN=speka-admin-… node examples/bill-your-customers.mjs
const {
  SPEKA_BASE_URL = 'http://127.0.0.1:7735/v1',
  SPEKA_ADMIN_URL = 'http://127.0.0.1:7736',
  SPEKA_ADMIN_TOKEN,
} = process.env
const month = new Date().toISOString().slice(0, 'YYYY-MM'.length)

/** @type {(path: string, body?: object) => Promise<any>} */
const manage = async (path, body) => {
  const headers = { authorization: `Bearer ${SPEKA_ADMIN_TOKEN}`, 'content-type': 'application/json' }
  const said = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
  const response = await fetch(`${SPEKA_ADMIN_URL}/api/v1${path}`, { headers, ...said })
  if (!response.ok) throw new Error(await response.text())
  return JSON.parse(await response.text())
}

/** @type {(key: string, customer: string) => Promise<void>} */
const ask = async (key, customer) => {
  const response = await fetch(`${SPEKA_BASE_URL}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'x-speka-customer': customer },
    body: JSON.stringify({ model: 'speka/sandbox', messages: [{ role: 'user', content: 'Hello!' }] }),
  })
  if (!response.ok) throw new Error(await response.text())
  await response.text()
}

/** What a line of an invoice is about. @type {(line: any) => string} */
const about = (line) => {
  if (line.kind === 'fee') return ` ${line.plan}`
  if (line.kind === 'usage') return ` ${line.quantity} ${line.unit} of ${line.model}`
  return line.kind === 'allowance' ? ` of ${line.allowance_usd}` : ''
}

for (const { name, plan, customers } of [
  { name: 'Book shop', plan: 'starter', customers: ['ann', 'ann', 'bob'] },
  { name: 'Weblog', plan: 'free', customers: ['eve'] },
]) {
  const account = await manage('/accounts', { name, plan })
  const { key } = await manage('/keys', { account: account.id, name: 'server' })
  for (const customer of customers) await ask(key, customer)

  console.log(`${name}, on plan ${plan}`)
  // What the account bills its own customers: what it pays itself, and a fifth on top.
  const { data } = await manage(`/usage?by=customer&account=${account.id}&markup=20`)
  for (const { group, cost_usd: cost, marked_up_usd: resale } of data)
    console.log(`  ${group}: cost ${cost}, to be billed ${resale} USD`)

  // What the account is billed by you. The fee is for what is left of the month.
  const draft = await manage(`/invoices/draft?account=${account.id}&month=${month}`)
  for (const line of draft.lines) console.log(`  ${line.kind}${about(line)}: ${line.amount_usd}`)
  console.log(`  total ${draft.total_usd} USD, ${draft.state}`)
}
