import { parseUsd } from '../money.ts'
import { readLimits, type GatewayLimit } from './gateway-limit.ts'

test('limits are read as the configuration of a server says them', () => {
  const read = readLimits([
    { usd: '5', window: 'day', models: 'meta/*', subject: { each: 'customer' } },
    { usd: '1', on_reached: 'fallback', fallback: ['speka/sandbox'], subject: { customer: 'ann' } },
    { rpm: 60 },
    { rpd: 1000 },
    { tpm: 1_000_000_000, models: 'meta/*' },
    { max_parallel: 1 },
  ])
  expect(read.map(({ rule }) => rule)).toEqual([
    { kind: 'usd', amount: parseUsd('5'), window: 'day' },
    { kind: 'usd', amount: parseUsd('1'), window: 'lifetime' },
    { kind: 'rpm', amount: 60 },
    { kind: 'rpd', amount: 1000 },
    { kind: 'tpm', amount: 1_000_000_000 },
    { kind: 'max_parallel', amount: 1 },
  ])
  expect(read.map(({ subject }) => [subject.kind, subject.id])).toEqual([
    ['customer', undefined],
    ['customer', 'ann'],
    ['account', undefined],
    ['account', undefined],
    ['account', undefined],
    ['account', undefined],
  ])
  expect(read[0]).toEqual({
    id: 'usd/day/customer//meta%2F*',
    subject: { kind: 'customer', account: 'default' },
    models: 'meta/*',
    rule: { kind: 'usd', amount: parseUsd('5'), window: 'day' },
    onReached: 'stop',
    fallback: undefined,
    since: 0,
    revision: 1,
  })
  expect(read[1]?.fallback).toEqual(['speka/sandbox'])
  expect(read.map(({ onReached }) => onReached)).toEqual(['stop', 'fallback', 'stop', 'stop', 'stop', 'stop'])
})

test('limits that count the same of different requests stand beside each other', () => {
  const read = readLimits([
    { usd: '1' },
    { usd: '1', models: 'meta/*' },
    { usd: '1', subject: { each: 'customer' } },
    { usd: '1', subject: { customer: 'ann' } },
    { usd: '1', subject: { customer: 'bob' } },
  ])
  expect(new Set(read.map(({ id }) => id)).size).toBe(5)
})

test('amounts are taken up to the most that can be counted', () => {
  const fallback = Array(20).fill('a')
  expect(() =>
    readLimits([
      { usd: '9000000', on_reached: 'fallback', fallback },
      { usd: '0', window: 'day' },
    ]),
  ).not.toThrow()
  expect(() => readLimits([{ rpm: 1_000_000_000 }, { rpd: 1 }])).not.toThrow()
})

test.each([
  [[{}], 'limits[0] limits nothing: say one of usd, rpm, rpd, tpm, max_parallel.'],
  [[{ rpm: 1 }, { usd: '5', rpm: 60 }], 'limits[1].rpm cannot stand beside usd: make two limits of them.'],
  [[{ usd: 5 }], 'limits[0].usd must be a decimal string of US dollars'],
  [[{ usd: '-5' }], 'limits[0].usd must be a decimal string of US dollars'],
  [[{ usd: 'five' }], 'limits[0].usd must be a decimal string of US dollars'],
  [[{ usd: '9000001' }], 'limits[0].usd must be a decimal string of US dollars from "0" to "9000000"'],
  [[{ usd: '0.0000000000001' }], 'with at most 12 decimals'],
  [[{ usd: '5', window: 'daily' }], 'limits[0].window must be one of day, week, month, lifetime.'],
  [[{ rpm: 5, window: 'day' }], 'limits[0].window has a meaning only with usd'],
  [[{ rpm: 0 }], 'limits[0].rpm must be a whole number from 1 to 1000000000.'],
  [[{ rpm: -1 }], 'limits[0].rpm must be a whole number'],
  [[{ tpm: 1.5 }], 'limits[0].tpm must be a whole number'],
  [[{ rpd: '60' }], 'limits[0].rpd must be a whole number'],
  [[{ max_parallel: 1e10 }], 'limits[0].max_parallel must be a whole number'],
  [[{ rpm: 5, on_reached: 'notify' }], 'limits[0].on_reached must be stop: a rate such as rpm knows nothing else.'],
  [[{ usd: '5', on_reached: 'block' }], 'limits[0].on_reached must be one of stop, notify, fallback.'],
  [[{ usd: '5', on_reached: 'fallback' }], 'limits[0].fallback must be a list of 1 to 20 models'],
  [[{ usd: '5', on_reached: 'fallback', fallback: [] }], 'limits[0].fallback must be a list of 1 to 20 models'],
  [[{ usd: '5', on_reached: 'fallback', fallback: [''] }], 'limits[0].fallback must be a list of 1 to 20 models'],
  [[{ usd: '5', on_reached: 'fallback', fallback: ['a', ' '] }], 'limits[0].fallback must be a list of 1 to 20 models'],
  [
    [{ usd: '5', on_reached: 'fallback', fallback: Array(21).fill('a') }],
    'limits[0].fallback must be a list of 1 to 20',
  ],
  [[{ usd: '5', on_reached: 'fallback', fallback: 'a' }], 'limits[0].fallback must be a list of 1 to 20 models'],
  [[{ usd: '9000000.000000000001' }], 'limits[0].usd must be a decimal string of US dollars from "0" to "9000000"'],
  [[{ rpm: 1_000_000_001 }], 'limits[0].rpm must be a whole number from 1 to 1000000000.'],
  [[{ usd: '5', models: 1 }], 'limits[0].models must be a glob such as "meta/*".'],
  [[{ usd: '5', subject: 'ann' }], 'limits[0].subject must be'],
  [[{ usd: '5', subject: null }], 'limits[0].subject must be'],
  [[{ usd: '5', subject: { customer: 'c'.repeat(300) } }], 'with a name of at most 256 characters.'],
  [[{ usd: '5', fallback: ['a'] }], 'limits[0].fallback has a meaning only with on_reached fallback.'],
  [[{ usd: '5', models: '' }], 'limits[0].models must be a glob such as "meta/*".'],
  [[{ usd: '5', subject: { team: 'a' } }], 'limits[0].subject must be { each: "customer" }, or { customer: NAME }'],
  [[{ usd: '5', subject: { each: 'key' } }], 'limits[0].subject must be'],
  [[{ usd: '5', subject: { customer: '' } }], 'limits[0].subject must be'],
  [[{ usd: '5', subject: { customer: 'a', each: 'customer' } }], 'limits[0].subject must be'],
  [[{ usd: '5', modles: 'a' }], 'limits[0].modles is not known: a limit has usd, window, rpm'],
  [[{ usd: '5' }, { rpm: 3 }, { usd: '6' }], 'limits[2] counts the same requests the same way as limits[0]'],
  [[null], 'limits[0] must be an object.'],
  [{ usd: '5' }, 'limits must be a list'],
])('%j is refused, and said why', (given, why) => {
  expect(() => readLimits(given as GatewayLimit[])).toThrow(RangeError)
  expect(() => readLimits(given as GatewayLimit[])).toThrow(why)
})
