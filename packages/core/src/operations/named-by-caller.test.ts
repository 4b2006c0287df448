import { mintRequestId } from '../uuid.ts'
import type { CallFacts } from '../wire/call-facts.ts'
import { writeChatCall } from './chat/chat-call.ts'
import { customerOf, sessionOf } from './named-by-caller.ts'

const call = (fields: object, facts: Partial<CallFacts> = {}) =>
  writeChatCall(
    { model: 'm', messages: [{ role: 'user', content: 'hi' }], ...fields },
    { id: mintRequestId(1), receivedAt: 1, ...facts },
  )

const claude = 'user_0a1b_account_11111111-2222-3333-4444-555555555555_session_66666666-7777-8888-9999-000000000000'
const newer = JSON.stringify({ device_id: 'd', account_uuid: 'a', session_id: 's-1' })

test.each([
  ['a header before all', { user: 'b', metadata: { user_id: 'c' } }, { customer: 'a' }, 'a'],
  ['"user"', { user: 'a', safety_identifier: 'b' }, {}, 'a'],
  ['"safety_identifier"', { safety_identifier: 'a', metadata: { user_id: 'b' } }, {}, 'a'],
  ['"metadata.user_id"', { metadata: { user_id: 'a' } }, {}, 'a'],
  ['nobody', {}, {}, undefined],
  ['any script', { user: 'Zoë 李 🐢' }, {}, 'Zoë 李 🐢'],
  [
    'Claude Code without its session',
    { metadata: { user_id: claude } },
    {},
    claude.slice(0, claude.indexOf('_session_')),
  ],
  [
    'Claude Code in JSON without its session',
    { metadata: { user_id: newer } },
    {},
    '{"device_id":"d","account_uuid":"a"}',
  ],
  ['the next where one is empty', { user: '', safety_identifier: 'b' }, {}, 'b'],
  ['the next where one is too long', { user: 'u'.repeat(257), safety_identifier: 'b' }, {}, 'b'],
  ['the next where one is so long that it is not read', { user: 'u'.repeat(9000), safety_identifier: 'b' }, {}, 'b'],
  ['the next where one has control characters', { user: 'a\u001B[2J', safety_identifier: 'b' }, {}, 'b'],
  ['nobody where it is no text', { safety_identifier: 7, metadata: { user_id: {} } }, {}, undefined],
])('a customer is %s', (_, fields, facts, customer) => {
  expect(customerOf(call(fields, facts))).toBe(customer)
})

test.each([
  ['"session_id" before a header', { session_id: 'a' }, { session: 'b' }, 'a'],
  ['a header', { metadata: { user_id: claude } }, { session: 'b' }, 'b'],
  ['what Claude Code says', { metadata: { user_id: claude } }, {}, '66666666-7777-8888-9999-000000000000'],
  ['what it says in JSON', { metadata: { user_id: newer } }, {}, 's-1'],
  ['none', { metadata: { user_id: '{"session_id":' } }, {}, undefined],
  ['none where it is empty', { session_id: '' }, {}, undefined],
])('a session is %s', (_, fields, facts, session) => {
  expect(sessionOf(call(fields, facts))).toBe(session)
})
