// Receives alerts, verifies them, and drops those it has had: SPEKA_WEBHOOK_SECRET=whsec_… node examples/webhook-receiver.mjs [PORT]
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'

const { SPEKA_WEBHOOK_SECRET = '' } = process.env
const key = Buffer.from(SPEKA_WEBHOOK_SECRET.replace(/^whsec_/, ''), 'base64')
if (key.length < 24) throw new Error('Set SPEKA_WEBHOOK_SECRET to what the configuration has as the secret.')

/**
 * Whether a message is the gateway's, as it was sent, and of the last five minutes.
 *
 * @param {import('node:http').IncomingHttpHeaders} headers
 * @param {string} body
 */
function isGenuine(headers, body) {
  const seconds = Number(headers['webhook-timestamp'])
  if (!(Math.abs(Date.now() / 1000 - seconds) < 300)) return false
  const expected = createHmac('sha256', key).update(`${headers['webhook-id']}.${seconds}.${body}`).digest()
  return String(headers['webhook-signature'])
    .split(' ')
    .some((signature) => {
      const given = Buffer.from(signature.replace(/^v1,/, ''), 'base64')
      return given.length === expected.length && timingSafeEqual(given, expected)
    })
}

// In a program that matters: a table with the id as its key, written together with what the alert leads to.
const had = new Set()

const server = createServer(async (request, response) => {
  const body = await text(request)
  if (!isGenuine(request.headers, body)) {
    console.log('refused: not signed by our gateway')
    response.writeHead(401).end()
    return
  }
  const { id, type, data } = JSON.parse(body)
  if (!had.has(id)) console.log(type, JSON.stringify(data))
  had.add(id)
  response.writeHead(204).end()
})
server.listen(Number(process.argv[2] ?? 9100), '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : address
  console.log(`Waiting for alerts on http://127.0.0.1:${port}/`)
})
