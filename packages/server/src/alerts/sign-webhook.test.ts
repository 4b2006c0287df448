import { createHmac } from 'node:crypto'
import { SECRET } from './__fixtures__/alert.ts'
import { webhookHeaders } from './sign-webhook.ts'

test('a message is signed as libraries of the convention expect it', () => {
  // Published by Svix with its libraries, to try them on.
  const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', seconds: 1614265330, body: '{"test": 2432232314}' }
  expect(webhookHeaders([SECRET], message)).toEqual({
    'webhook-id': message.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

test('while one secret takes the place of another, both sign', () => {
  const other = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
  const { 'webhook-signature': signatures = '' } = webhookHeaders([SECRET, other], { id: 'a', seconds: 1, body: 'ü' })
  const byOther = createHmac('sha256', Buffer.alloc(32, 7)).update('a.1.ü').digest('base64')
  expect(signatures.split(' ')).toEqual([expect.stringMatching(/^v1,/), `v1,${byOther}`])
})

test('without a secret nothing claims to be signed', () => {
  expect(Object.keys(webhookHeaders([], { id: 'a', seconds: 1, body: '' }))).toEqual([
    'webhook-id',
    'webhook-timestamp',
  ])
})
