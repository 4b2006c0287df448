import { parseUsd } from '@speka/core'
import { configuredLimits, twice, type ConfiguredLimit } from './configured-limits.ts'

const subject = { each: 'customer' } as const

test('a limit is known again by all but its amount, and of two amounts the one read later counts', () => {
  const [first] = configuredLimits([{ subject, usd: '5', window: 'month' }], [], 1000)
  const [later] = configuredLimits([{ subject, usd: '7', window: 'month', on_reached: 'notify' }], [], 2000)
  expect(later).toMatchObject({ id: first?.id, revision: 2000, rule: { amount: parseUsd('7') }, onReached: 'notify' })
  for (const other of [
    { subject, usd: '5', window: 'day' },
    { subject, usd: '5', window: 'month', models: 'a' },
    { subject, usd: '5', window: 'month', account: 'acc' },
    { subject: { customer: 'ann' }, usd: '5', window: 'month' },
    { subject, rpm: 5 },
  ] as const)
    expect(configuredLimits([other], [], 1000)[0]?.id).not.toBe(first?.id)
})

test('what a limit says besides stands in it as the engine counts by', () => {
  const said: ConfiguredLimit = {
    subject,
    usd: '5',
    models: 'meta/*',
    on_reached: 'fallback',
    fallback: ['cheap'],
  }
  expect(configuredLimits([said], [], 1000)).toEqual([
    {
      id: expect.stringMatching(/^lim_config_[0-9a-f]{12}$/),
      subject: { kind: 'customer', account: '*' },
      models: 'meta/*',
      rule: { kind: 'usd', amount: parseUsd('5'), window: 'lifetime' },
      onReached: 'fallback',
      fallback: ['cheap'],
      since: 1000,
      revision: 1000,
    },
  ])
})

const subjectOf = (limit: object) => configuredLimits([{ subject, rpm: 1, ...limit }], [], 0)[0]?.subject

test('without an account it is every account’s, and an account that is named its own', () => {
  expect(subjectOf({})).toEqual({ kind: 'customer', account: '*' })
  expect(subjectOf({ account: 'acc' })).toEqual({ kind: 'customer', account: 'acc' })
  expect(subjectOf({ subject: { account: 'acc' } })).toEqual({ kind: 'account', account: 'acc' })
  expect(subjectOf({ subject: { tag: 'batch' } })).toEqual({ kind: 'tag', id: 'batch', account: '*' })
})

test('a key of the configuration has its own limits, and is named by its name', () => {
  const bench = { id: 'key_config_1', name: 'bench', account: 'default', limits: { usd: '10', rpm: 60 } } as const
  const limits = configuredLimits([{ subject: { key: 'bench' }, rpd: 5 }], [bench], 0)
  expect(limits.map(({ subject, rule }) => [subject.kind, subject.id, rule.kind])).toEqual([
    ['key', 'key_config_1', 'rpd'],
    ['key', 'key_config_1', 'usd'],
    ['key', 'key_config_1', 'rpm'],
  ])
})

test('a limit that is said twice is found', () => {
  expect(
    twice([
      { subject, rpm: 5 },
      { subject, rpd: 5 },
      { subject, rpm: 6 },
    ]),
  ).toEqual([0, 2])
  expect(
    twice([
      { subject, rpm: 5 },
      { subject: { each: 'key' }, rpm: 5 },
    ]),
  ).toBeUndefined()
})
