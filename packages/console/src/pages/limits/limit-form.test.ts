import type { Limit } from '../../api/lists.ts'
import { emptyLimit, formOfLimit, limitBody, subjectInWords } from './limit-form.ts'

const limit: Limit = {
  id: 'lim_1',
  account: 'acc_1',
  kind: 'usd',
  limit: '5',
  window: 'week',
  models: 'meta/*',
  on_reached: 'fallback',
  fallback: ['openai/gpt-oss-20b', 'speka/sandbox'],
  subject: { kind: 'customer', id: 'ann' },
  status: 'active',
  set_by: 'account',
  spent_usd: '1',
  held_usd: '0',
  left_usd: '4',
  resets_at: null,
  refused_last_day: 0,
  created_at: '2026-11-01T00:00:00.000Z',
  removed_at: null,
  revision: 2,
}

/** What would be sent. */
const sent = (body: object): unknown => JSON.parse(JSON.stringify(body))

describe('the form of a limit', () => {
  test('says a limit there is as it was said: the same body sets it again', () => {
    expect(sent(limitBody(formOfLimit(limit), limit.account))).toEqual({
      account: 'acc_1',
      subject: { customer: 'ann' },
      usd: '5',
      window: 'week',
      models: 'meta/*',
      on_reached: 'fallback',
      fallback: ['openai/gpt-oss-20b', 'speka/sandbox'],
    })
  })

  test.each([
    [{ kind: 'account', id: '' }, undefined, 'account acc_1'],
    [{ kind: 'team', id: 'team_1' }, { team: 'team_1' }, 'team team_1'],
    [{ kind: 'environment', id: 'prod' }, { environment: 'prod' }, 'environment prod'],
    [{ kind: 'member', id: '' }, { each: 'member' }, 'each member'],
    [{ kind: 'key', id: 'key_1' }, { key: 'key_1' }, 'key key_1'],
    [{ kind: 'customer', id: '' }, { each: 'customer' }, 'each customer'],
    [{ kind: 'tag', id: 'batch' }, { tag: 'batch' }, 'tag batch'],
  ] as const)('%j is %j', (subject, said, words) => {
    expect(limitBody({ ...emptyLimit(subject), amount: '1' }, 'acc_1').subject).toEqual(said)
    expect(subjectInWords(subject, 'acc_1')).toBe(words)
  })

  test('of a rate has no window, and nothing but a refusal', () => {
    const form = { ...formOfLimit(limit), rule: 'rpm', amount: '60' } as const
    expect(sent(limitBody(form, undefined))).toEqual({ subject: { customer: 'ann' }, rpm: 60, models: 'meta/*' })
  })

  test('names no other models where none are asked', () => {
    expect(sent(limitBody({ ...formOfLimit(limit), onReached: 'notify' }, undefined))).toMatchObject({
      on_reached: 'notify',
    })
    expect(limitBody({ ...formOfLimit(limit), onReached: 'notify' }, undefined).fallback).toBeUndefined()
  })
})
