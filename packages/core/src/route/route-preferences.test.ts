import type { RoutingConfig, RuleCondition } from '../config.ts'
import { mintRequestId } from '../uuid.ts'
import type { CallFacts } from '../wire/call-facts.ts'
import { writeChatCall } from '../operations/chat/chat-call.ts'
import { fits, routePreferences } from './route-preferences.ts'

const call = (request: object = {}, facts: Partial<CallFacts> = {}) =>
  writeChatCall(
    { model: 'acme/fast', messages: [{ role: 'user', content: 'hi' }], ...request },
    { id: mintRequestId(0), receivedAt: 0, ...facts },
  )

test.each<[string, RuleCondition, boolean]>([
  ['nothing', {}, true],
  ['a tag it has', { tag: 'batch' }, true],
  ['one of several tags', { tag: ['night', 'batch'] }, true],
  ['a tag it has not', { tag: 'night' }, false],
  ['its key', { key: 'bench' }, true],
  ['keys like its own', { key: 'ben*' }, true],
  ['another key', { key: 'other' }, false],
  ['its model', { model: 'acme/*' }, true],
  ['its metadata', { metadata: { team: 'red' } }, true],
  ['metadata it has not', { metadata: { colour: 'red' } }, false],
  ['metadata that every object has', { metadata: { constructor: '*' } }, false],
  ['a parameter', { param: { stream: true, temperature: 0 } }, true],
  ['one of several values', { param: { temperature: [1, 0] } }, true],
  ['another value', { param: { temperature: 1 } }, false],
  ['two conditions of which one does not hold', { tag: 'batch', key: 'other' }, false],
])('a rule that asks for %s: %j is %p', (_, when, holds) => {
  const asked = call(
    { stream: true, temperature: 0, metadata: { team: 'red' } },
    { tags: ['batch', 'eu'], keyName: 'bench' },
  )
  expect(fits(when, asked)).toBe(holds)
})

describe('what decides is', () => {
  const routing: RoutingConfig = {
    strategy: 'latency',
    rules: [
      { when: { tag: 'batch' }, use: { strategy: 'price', only: ['one'] } },
      { when: {}, use: { strategy: 'least_busy' } },
    ],
  }
  const batch = { tags: ['batch'] }

  test.each([
    ['the configuration', undefined, undefined, 'latency', undefined],
    ['the first rule that fits', call({}, batch), undefined, 'price', ['one']],
    ['another rule, where the first does not fit', call(), undefined, 'least_busy', undefined],
    ['a suffix before a rule', call({}, batch), 'throughput', 'throughput', ['one']],
    [
      'the request before a suffix',
      call({ provider: { sort: 'latency', only: ['two'] } }, batch),
      'price',
      'latency',
      ['two'],
    ],
  ] as const)('%s', (_, asked, suffix, strategy, only) => {
    expect(routePreferences(asked, suffix, routing)).toMatchObject({ strategy, ...(only !== undefined && { only }) })
  })
})
