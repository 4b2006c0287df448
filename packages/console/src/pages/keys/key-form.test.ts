import type { Key } from '../../api/lists.ts'
import { emptyForm, formOf, keyChanges, moneyWindows, newKeyBody } from './key-form.ts'

const limit = { id: 'lim_1', kind: 'usd', limit: '5', window: 'month', models: null, on_reached: 'stop' } as const

const key: Key = {
  id: 'key_1',
  account: 'acc_1',
  name: 'reports',
  mode: 'live',
  plan: 'none',
  team: 'team_1',
  member: 'mem_1',
  environment: 'prod',
  tags: ['batch', 'nightly'],
  models: ['meta/*'],
  endpoints: ['chat', 'embeddings'],
  providers: ['groq'],
  limits: [
    limit,
    { ...limit, id: 'lim_2', kind: 'rpm', limit: '60', window: 'minute' },
    { ...limit, id: 'lim_3', limit: '9', on_reached: 'notify' },
  ],
  status: 'active',
  created_at: '2026-11-01T00:00:00.000Z',
  expires_at: '2026-12-24T18:00:30.000Z',
  revoked_at: null,
  replaced_by: null,
  replaced_until: null,
  last_used_at: null,
  revision: 3,
}

/** What would be sent. */
const sent = (body: object): unknown => JSON.parse(JSON.stringify(body))

describe('the form of a key', () => {
  const seen = formOf(key)

  test('has what the key has: labels, what it may do, its own limits and its end', () => {
    expect(seen).toMatchObject({
      team: 'team_1',
      member: 'mem_1',
      environment: 'prod',
      tags: 'batch, nightly',
      models: 'meta/*',
      endpoints: ['chat', 'embeddings'],
      providers: 'groq',
      usd: '5',
      window: 'month',
      rpm: '60',
      rpd: '',
    })
  })

  test('sends nothing of what was not touched, the seconds of an end neither', () => {
    expect(sent(keyChanges(seen, seen))).toEqual({})
  })

  test('takes away what is emptied', () => {
    const emptied = { ...emptyForm, name: seen.name }
    expect(sent(keyChanges(seen, emptied))).toEqual({
      team: null,
      member: null,
      environment: null,
      tags: null,
      models: null,
      endpoints: null,
      providers: null,
      expires_at: null,
      limits: { usd: null, rpm: null },
    })
  })

  test('sends what is changed, and of limits only those', () => {
    const form = { ...seen, name: 'other', member: 'mem_2', tags: 'batch', usd: '7.50', tpm: '1000' }
    expect(sent(keyChanges(seen, form))).toEqual({
      name: 'other',
      member: 'mem_2',
      tags: ['batch'],
      limits: { usd: '7.50', window: 'month', tpm: 1000 },
    })
  })

  test('has no limit on money where there are several: which of them would be changed is not known', () => {
    const several = { ...key, limits: [limit, { ...limit, id: 'lim_4', window: 'day' as const }] }
    expect(moneyWindows(several)).toBe(2)
    expect(formOf(several).usd).toBe('')
  })

  test('makes a key of what is filled in alone', () => {
    expect(sent(newKeyBody({ ...emptyForm, name: 'new' }, undefined))).toEqual({ name: 'new', mode: 'live' })
    const full = { ...seen, name: 'new', expires: '' }
    expect(sent(newKeyBody(full, 'acc_1'))).toMatchObject({
      account: 'acc_1',
      team: 'team_1',
      member: 'mem_1',
      tags: ['batch', 'nightly'],
      endpoints: ['chat', 'embeddings'],
      providers: ['groq'],
      limits: { usd: '5', window: 'month', rpm: 60 },
    })
  })
})
