import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createUndiciTransport, realClock } from '@speka/core/node'
import { sendWebhooksOver } from '../packages/server/src/alerts/send-webhook.ts'
import { webhookHeaders } from '../packages/server/src/alerts/sign-webhook.ts'
import { eventually } from './support/eventually.ts'
import { node } from './support/spawn-gateway.ts'

const examples = join(resolve(import.meta.dirname, '..'), 'examples')
const page = readFileSync(join(examples, 'README.md'), 'utf8')
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

/** What the page says that it prints: the block of its section that is no command. */
const section = page.split(/^## /m).find((one) => one.startsWith('webhook-receiver.mjs\n'))
const printedAccordingToPage = /^```\n([^]*?)^```$/m.exec(section?.replaceAll(/^```sh\n[^]*?^```$/gm, '') ?? '')?.[1]

const transport = createUndiciTransport()
afterAll(() => transport.close())

let receiver: ChildProcess
let printed: string
let url: string
beforeEach(async () => {
  printed = ''
  receiver = spawn(node, [join(examples, 'webhook-receiver.mjs'), '0'], { env: { SPEKA_WEBHOOK_SECRET: SECRET } })
  receiver.stdout?.on('data', (piece: Buffer) => (printed += piece.toString()))
  await eventually(() => printed.includes('\n'), 'it listens')
  url = /http:\S+/.exec(printed)?.[0] ?? ''
})
afterEach(() => void receiver.kill())

function send(over: { readonly secret?: string; readonly seconds?: number } = {}): Promise<string | undefined> {
  const { secret = SECRET, seconds = Math.floor(Date.now() / 1000) } = over
  const data = { provider: 'local', upstream_model: 'mock-small' }
  const body = JSON.stringify({ id: 'alert_1', type: 'target.down', timestamp: '2026-11-29T12:00:00.000Z', data })
  const headers = webhookHeaders([secret], { id: 'alert_1', seconds, body })
  return sendWebhooksOver(() => transport, realClock)({ url, headers, body }, new AbortController().signal)
}

test('it takes what the gateway sends, once, refuses the rest, and prints what the page says', async () => {
  expect(await send()).toBeUndefined()
  expect(await send()).toBeUndefined()
  expect(await send({ secret: `whsec_${Buffer.alloc(24).toString('base64')}` })).toBe('it answered 401')
  await eventually(() => printed.includes('refused'), 'it says what it refused')
  expect(printed.replace(/:\d+\//, ':9100/')).toBe(printedAccordingToPage)
})

test('it refuses what was sent long ago', async () => {
  expect(await send({ seconds: Math.floor(Date.now() / 1000) - 3600 })).toBe('it answered 401')
})
