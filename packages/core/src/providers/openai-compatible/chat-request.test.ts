import { join } from '../../bytes/splice.ts'
import { eachMessage } from '../changes/messages.ts'
import type { TranslationTarget } from '../provider.ts'
import { callOf, target } from '../run-provider.contract.ts'
import { unsupportedFields } from './chat-request.ts'
import { chatRequest } from './chat-request.ts'
import type { ChatRules } from './chat-rules.ts'

const long = 'x'.repeat(5000)

const shouted = eachMessage('what is said is shouted', (message) =>
  message['role'] === 'user' ? { ...message, content: String(message['content']).toUpperCase() } : message,
)

const strict: ChatRules = {
  takes: new Set([
    'messages',
    'stream',
    'stream_options',
    'temperature',
    'limit',
    'stop',
    'format',
    'one',
    'two',
    'metadata',
  ]),
  changes: {
    cap: { says: 'limit', becomes: (value) => ({ limit: value }) },
    stop: { says: 'list', becomes: (value) => ({ stop: [value] }) },
    split: { says: 'two', becomes: (value) => ({ one: value, two: 2 }) },
    quiet: { says: 'nothing', becomes: () => ({}) },
    never: { says: 'none', becomes: () => undefined },
    format: { says: 'less', becomes: () => ({ format: 'less' }), loses: () => 'format.more' },
    metadata: { says: 'as text', becomes: (value) => ({ metadata: JSON.stringify(value) }) },
  },
  models: [
    { names: ['loud-*'], rewrites: { messages: [shouted] } },
    { names: ['bare'], takes: new Set(['messages', 'stream']) },
  ],
}

const messages = '[{"role":"user","content":"hi"}]'

function sent(body: string, rules = strict, goal: TranslationTarget = { ...target, upstreamModel: 'm' }) {
  const call = callOf(body)
  const text = join(chatRequest(call, goal, rules).body ?? []).toString()
  return { text, value: JSON.parse(text) as unknown, lost: unsupportedFields(call, goal, rules) }
}

const withFields = (fields: string): string => `{${fields}"model":"m","messages":${messages}}`

test.each([
  { name: 'a field it does not take', fields: '"odd": 1, ', adds: {}, lost: ['odd'] },
  { name: 'a field it does not take, with nothing in it', fields: '"odd": null,', adds: {}, lost: [] },
  { name: 'a field it takes, with nothing in it', fields: '"temperature":null,', adds: {}, lost: [] },
  { name: 'a field that asks for what happens anyway', fields: '"n":1,"store":false,', adds: {}, lost: [] },
  { name: 'a field under another name', fields: '"cap": 5,', adds: { limit: 5 }, lost: [] },
  { name: 'a field as another value', fields: '"stop":"a",', adds: { stop: ['a'] }, lost: [] },
  { name: 'one field as two', fields: '"split":1,', adds: { one: 1, two: 2 }, lost: [] },
  { name: 'a field that is not needed', fields: '"quiet":1,', adds: {}, lost: [] },
  { name: 'a field there is nothing like', fields: '"never":1,"never2":0,', adds: {}, lost: ['never', 'never2'] },
  { name: 'a field of which a part is lost', fields: '"format":1,', adds: { format: 'less' }, lost: ['format.more'] },
  { name: "the gateway's own fields", fields: '"models":["a"],"session_id":"s","provider":{},', adds: {}, lost: [] },
  { name: "a field of the gateway's that it wants", fields: '"metadata":{},', adds: { metadata: '{}' }, lost: [] },
  {
    name: 'fields that every object has',
    fields: '"constructor":1,"toString":2,',
    adds: {},
    lost: ['constructor', 'toString'],
  },
  {
    name: 'a field twice, of which the last counts',
    fields: '"cap":5,"cap":6,',
    adds: { limit: 6 },
    lost: [],
  },
  { name: 'a field twice that it does not take', fields: '"odd":5,"odd":6,', adds: {}, lost: ['odd'] },
  { name: 'a name that is spelled with escapes', fields: '"c\\u0061p":5,', adds: { limit: 5 }, lost: [] },
  {
    name: 'streaming as it is wanted',
    fields: '"stream":false,"stream_options":null,',
    adds: { stream: false, stream_options: null },
    lost: [],
  },
])('strict rules send $name', ({ fields, adds, lost }) => {
  const request = sent(withFields(fields))
  expect(request.value).toEqual({ model: 'm', messages: [{ role: 'user', content: 'hi' }], ...adds })
  expect(request.lost).toEqual(lost)
})

test('what no rule is for keeps its bytes, in any place', () => {
  const body = `{ "odd":1,"temperature" : 1.50, "odd2":[2 , {}],"messages":  ${messages} ,"odd3":"}","model":"m" , "n":3}`
  expect(sent(body).text).toBe(`{ "temperature" : 1.50,"messages":  ${messages},"model":"m"}`)
})

test('a value under another name keeps its spelling', () => {
  expect(sent(withFields('"cap": 1.50e1 ,')).text).toContain('"limit":1.50e1')
})

test('without rules everything passes but what is the gateway’s own', () => {
  const body = withFields('"odd":1,"never":null,"metadata":{"a":"b"},"models":[],')
  const request = sent(body, {})
  expect(request.text).toBe(withFields('"odd":1,"never":null,'))
  expect(request.lost).toEqual([])
})

test('long strings arrive whole in what is rewritten, renamed or wrapped', () => {
  const body = `{"model":"m","cap":"${long}","stop":"${long}","messages":[{"role":"user","content":"${long}"}]}`
  expect(sent(body, strict, { ...target, upstreamModel: 'loud-1' }).value).toEqual({
    model: 'loud-1',
    limit: long,
    stop: [long],
    messages: [{ role: 'user', content: long.toUpperCase() }],
  })
})

test('what a rewrite leaves alone keeps its bytes', () => {
  const spelled = '[ {"role":"assistant","content":"\\u0061"} ]'
  const body = `{"model":"loud-1","messages":${spelled}}`
  expect(sent(body, strict, { ...target, upstreamModel: 'loud-1' }).text).toBe(body)
})

describe('usage', () => {
  const asking = '"stream":true,"stream_options":{"include_usage":false,"x":1},'

  test('is asked for in a stream, and nothing else is when the upstream is strict', () => {
    expect(sent(withFields(asking)).value).toMatchObject({ stream_options: { include_usage: true } })
    expect(sent(withFields(asking)).text).not.toContain('"x"')
    expect(sent(withFields(asking), {}).value).toMatchObject({ stream_options: { include_usage: true, x: 1 } })
  })

  test('is not asked for where that is refused, which is not the caller’s loss', () => {
    const request = sent(withFields(asking), strict, { ...target, upstreamModel: 'bare' })
    expect(request.value).toEqual({ model: 'bare', stream: true, messages: [{ role: 'user', content: 'hi' }] })
    expect(request.lost).toEqual([])
  })
})

test('what a model does not take is not sent under another name either', () => {
  expect(sent(withFields('"cap":5,"split":1,'), strict, { ...target, upstreamModel: 'bare' })).toMatchObject({
    value: { model: 'bare', messages: [{ role: 'user', content: 'hi' }] },
    lost: ['cap', 'split'],
  })
})

test('a model’s own rules come before those of all', () => {
  const request = sent(withFields('"temperature":0,'), strict, { ...target, upstreamModel: 'bare' })
  expect(request.lost).toEqual(['temperature'])
})
