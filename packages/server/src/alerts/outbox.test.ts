import { createFakeClock, type FakeClock } from '../../../core/src/sandbox/clock.fake.ts'
import { openMemoryStore } from '../store/memory/open-store.ts'
import type { Alerts } from '../store/alerts.ts'
import { alertTo, SECRET, webhookOf } from './__fixtures__/alert.ts'
import type { Webhook } from './alert-rules.ts'
import { CLAIM_MS, GIVE_UP_MS, LOOK_MS, Outbox } from './outbox.ts'
import type { SendWebhook, WebhookMessage } from './send-webhook.ts'

const MINUTE_MS = 60_000
const hook = webhookOf('https://hooks.example.com/speka', SECRET)

let alerts: Alerts
let clock: FakeClock
/** What the receiver got, and when, in s from the start. */
let got: (WebhookMessage & { readonly s: number })[]
/** What the receiver says to each, the last again and again. */
let answers: (string | undefined)[]
let troubles: unknown[]

beforeEach(() => {
  alerts = openMemoryStore().alerts
  clock = createFakeClock()
  got = []
  answers = [undefined]
  troubles = []
})

const receive: SendWebhook = async (message) => {
  got.push({ ...message, s: Math.round(clock.monotonic() / 1000) })
  return answers.length > 1 ? answers.shift() : answers[0]
}

function outbox(send = receive, webhooks: readonly Webhook[] = [hook]): Outbox {
  const opened = new Outbox({ alerts, clock, random: () => 0.5, send, onTrouble: (...said) => troubles.push(said) })
  opened.configure(new Map(webhooks.map((webhook) => [webhook.id, webhook])))
  return opened
}

/** A receiver that says nothing. */
const hangs: SendWebhook = (_, signal) =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve('the connection broke')))

const standing = async () => (await alerts.list())[0]?.deliveries[0]

test('an alert is sent as it is kept, signed at the time of the attempt', async () => {
  const alert = alertTo(hook, clock.now())
  await alerts.raise(alert)
  outbox()
  await clock.advance(0)
  expect(got).toMatchObject([
    {
      url: 'https://hooks.example.com/speka',
      body: alert.body,
      headers: {
        'webhook-id': alert.id,
        'webhook-timestamp': String(clock.now() / 1000),
        'webhook-signature': expect.stringMatching(/^v1,/),
      },
    },
  ])
  expect(await standing()).toMatchObject({ state: 'delivered', attempts: 1, endedAt: clock.now() })
})

test('what is not taken is sent again after longer and longer pauses, under the same id, until it is', async () => {
  answers = ['it answered 500', 'it answered 503', 'the connection broke', undefined]
  await alerts.raise(alertTo(hook, clock.now()))
  outbox()
  await clock.advance(30 * MINUTE_MS)
  expect(got.map(({ s }) => s)).toEqual([0, 5, 35, 155])
  expect(new Set(got.map(({ headers, body }) => headers['webhook-id'] + body)).size).toBe(1)
  expect(new Set(got.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(4)
  expect(await standing()).toMatchObject({ state: 'delivered', attempts: 4 })
})

test('after a day it is given up, with the reason', async () => {
  answers = ['it answered 500']
  await alerts.raise(alertTo(hook, clock.now()))
  outbox()
  await clock.advance(3 * GIVE_UP_MS)
  const last = got.at(-1)?.s ?? 0
  expect(got.length).toBeGreaterThan(10)
  expect(last).toBeGreaterThan(21 * 3600)
  expect(last).toBeLessThanOrEqual(24 * 3600)
  expect(await standing()).toMatchObject({ state: 'failed', trouble: 'it answered 500', attempts: got.length })
  expect(troubles.at(-1)).toMatchObject(['an alert was not delivered, and is given up', { host: 'hooks.example.com' }])
})

test('what waited while no gateway ran is sent, however late', async () => {
  await alerts.raise(alertTo(hook, clock.now()))
  await clock.advance(10 * GIVE_UP_MS)
  outbox()
  await clock.advance(0)
  expect(await standing()).toMatchObject({ state: 'delivered' })
})

test('of several processes one sends each', async () => {
  for (let n = 0; n < 20; n += 1) await alerts.raise(alertTo(hook, clock.now()))
  for (const each of [outbox(), outbox(), outbox()]) each.look()
  await clock.advance(10 * LOOK_MS)
  expect(got).toHaveLength(20)
  expect(new Set(got.map(({ headers }) => headers['webhook-id'])).size).toBe(20)
})

test('what a process had taken when it was killed is sent by another', async () => {
  await alerts.raise(alertTo(hook, clock.now()))
  await alerts.claim({ endpoints: [hook.id], now: clock.now(), until: clock.now() + CLAIM_MS, most: 1 })
  outbox()
  await clock.advance(CLAIM_MS - 1)
  expect(got).toHaveLength(0)
  await clock.advance(LOOK_MS)
  expect(await standing()).toMatchObject({ state: 'delivered', attempts: 2 })
})

test('a process that stops breaks off what it sends, and the next sends it at once', async () => {
  await alerts.raise(alertTo(hook, clock.now()))
  const first = outbox(hangs)
  await clock.advance(0)
  await first.close()
  expect(clock.pending()).toBe(0)
  outbox()
  await clock.advance(0)
  expect(await standing()).toMatchObject({ state: 'delivered', attempts: 2 })
})

test('one receiver that hangs keeps no other from what is sent to it', async () => {
  const other = webhookOf('https://other.example.com/')
  await alerts.raise({ ...alertTo(hook, clock.now()), endpoints: [hook, other] })
  const send: SendWebhook = (message, signal) => (message.url === hook.url ? hangs : receive)(message, signal)
  outbox(send, [hook, other])
  await clock.advance(0)
  expect((await alerts.list())[0]?.deliveries.map(({ state }) => state)).toEqual(['waiting', 'delivered'])
})

test('nothing is sent to an address that is no longer configured', async () => {
  await alerts.raise(alertTo(hook, clock.now()))
  outbox(receive, [webhookOf('https://other.example.com/')])
  await clock.advance(10 * MINUTE_MS)
  expect(got).toHaveLength(0)
  expect(await standing()).toMatchObject({ state: 'waiting', attempts: 0 })
})

test('a store that does not answer is told, and asked again', async () => {
  await alerts.raise(alertTo(hook, clock.now()))
  const whole = alerts
  let works = false
  alerts = { ...whole, claim: (claim) => (works ? whole.claim(claim) : Promise.reject(new Error('locked'))) }
  outbox()
  await clock.advance(0)
  expect(troubles).toMatchObject([['alerts cannot be sent at the moment', { cause: 'locked' }]])
  works = true
  await clock.advance(LOOK_MS)
  expect(got).toHaveLength(1)
})
