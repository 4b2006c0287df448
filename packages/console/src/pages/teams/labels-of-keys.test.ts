import type { Limit } from '../../api/lists.ts'
import { environmentsOf, limitsOn } from './labels-of-keys.ts'

const limit = (subject: Limit['subject'], more: Partial<Limit> = {}): Limit => ({
  id: 'lim_1',
  account: 'acc_1',
  kind: 'usd',
  limit: '5',
  window: 'month',
  models: null,
  on_reached: 'stop',
  fallback: null,
  subject,
  status: 'active',
  set_by: 'account',
  spent_usd: null,
  held_usd: null,
  left_usd: null,
  resets_at: null,
  refused_last_day: 0,
  created_at: '2026-11-01T00:00:00.000Z',
  removed_at: null,
  revision: 1,
  ...more,
})

describe('environments', () => {
  test('are those that keys have, counted within their account, and those that a limit names', () => {
    const keys = [
      { account: 'acc_1', environment: 'prod' },
      { account: 'acc_1', environment: 'prod' },
      { account: 'acc_2', environment: 'prod' },
      { account: 'acc_1', environment: null },
    ]
    const limits = [
      limit({ kind: 'environment', id: 'staging' }),
      limit({ kind: 'environment', id: 'gone' }, { status: 'removed' }),
      limit({ kind: 'environment', id: null }),
      limit({ kind: 'tag', id: 'batch' }),
    ]
    expect(environmentsOf(keys, limits)).toEqual([
      { account: 'acc_1', name: 'prod', keys: 2 },
      { account: 'acc_2', name: 'prod', keys: 1 },
      { account: 'acc_1', name: 'staging', keys: 0 },
    ])
  })
})

test('what limits one is its own limit and that of each of its kind, in force and of its account', () => {
  const own = limit({ kind: 'team', id: 'team_1' })
  const each = limit({ kind: 'team', id: null })
  const others = [
    limit({ kind: 'team', id: 'team_2' }),
    limit({ kind: 'member', id: null }),
    limit({ kind: 'team', id: null }, { account: 'acc_2' }),
    limit({ kind: 'team', id: 'team_1' }, { status: 'removed' }),
  ]
  expect(limitsOn([own, each, ...others], 'acc_1', { kind: 'team', id: 'team_1' })).toEqual([own, each])
})
