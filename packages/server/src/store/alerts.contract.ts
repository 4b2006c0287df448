import type { Alert, Alerts, KeptAlert, NewAlert } from './alerts.ts'

const NOON = Date.UTC(2026, 10, 29, 12)
const DAY_MS = 86_400_000
const hook = { id: 'hook', host: 'hooks.example.com' }
const other = { id: 'other', host: 'other.example.com' }

let made = 0

/** An alert that is later than those made before. */
function newAlert(over: Partial<NewAlert> = {}): NewAlert {
  made += 1
  return {
    id: `alert_${made}`,
    kind: 'target.down',
    at: NOON,
    account: undefined,
    body: `{"n":${made}}`,
    endpoints: [hook],
    ...over,
  }
}

const idsOf = (list: readonly Alert[]): string[] => list.map(({ id }) => id)

/**
 * How alerts behave in every store.
 *
 * @param storeOf the store that is open for a test.
 */
export function describeAlerts(storeOf: () => { readonly alerts: Alerts }): void {
  describe('alerts', () => {
    let alerts: Alerts
    beforeEach(() => {
      alerts = storeOf().alerts
    })
    const claim = (now: number, endpoints = ['hook', 'other'], most = 10) =>
      alerts.claim({ endpoints, now, until: now + 60_000, most })
    const only = async (): Promise<KeptAlert | undefined> => (await alerts.list())[0]

    test('an alert is listed as it was raised, and waits to be delivered', async () => {
      const alert = newAlert({ account: 'acct_A', body: '{"text":"Zoë “the 🐢” 李"}' })
      expect(await alerts.raise(alert)).toBe(true)
      const { id, kind, at, account, body } = alert
      const waiting = { host: hook.host, state: 'waiting', attempts: 0, trouble: undefined, endedAt: undefined }
      expect(await alerts.list()).toEqual([{ n: 1, id, kind, at, account, body, deliveries: [waiting] }])
    })

    test('of one occasion there is one alert, however often it is raised at once', async () => {
      const kept = await Promise.all([1, 2, 3].map(() => alerts.raise(newAlert({ occasion: 'the same' }))))
      expect(kept.filter(Boolean)).toHaveLength(1)
      expect(await alerts.list()).toHaveLength(1)
      expect(await alerts.occasions(['target.down'])).toEqual(['the same'])
      expect(await alerts.occasions(['provider_key.refused'])).toEqual([])
    })

    test('an occasion that is over may come again', async () => {
      await alerts.raise(newAlert({ occasion: 'the same' }))
      await alerts.end('the same', NOON)
      expect(await alerts.occasions(['target.down'])).toEqual([])
      expect(await alerts.raise(newAlert({ occasion: 'the same' }))).toBe(true)
    })

    test('what ends an occasion is kept once, and only if there was one', async () => {
      const up = () => newAlert({ kind: 'target.up', ends: 'down' })
      expect(await alerts.raise(up())).toBe(false)
      await alerts.raise(newAlert({ occasion: 'down' }))
      expect([await alerts.raise(up()), await alerts.raise(up())]).toEqual([true, false])
      expect((await alerts.list()).map(({ kind }) => kind)).toEqual(['target.up', 'target.down'])
    })

    test('lists the newest first, by time, account, and page', async () => {
      const [first, second, third] = [
        newAlert({ account: 'acct_A' }),
        newAlert({ at: NOON + 1000 }),
        newAlert({ account: 'acct_A', at: NOON + 2000 }),
      ]
      for (const alert of [first, second, third]) await alerts.raise(alert)
      expect(idsOf(await alerts.list())).toEqual([third.id, second.id, first.id])
      expect(idsOf(await alerts.list({ limit: 2 }))).toEqual([third.id, second.id])
      const [, { n = 0 } = {}] = await alerts.list()
      expect(idsOf(await alerts.list({ after: n }))).toEqual([first.id])
      expect(idsOf(await alerts.list({ account: 'acct_A' }))).toEqual([third.id, first.id])
      expect(idsOf(await alerts.list({ since: NOON + 1000, account: 'acct_A' }))).toEqual([third.id])
    })

    test('what is due is taken by one, and is due again when nothing is heard of it', async () => {
      await alerts.raise(newAlert())
      const [taken] = await claim(NOON)
      expect(taken).toMatchObject({ endpoint: 'hook', attempt: 1, alert: { kind: 'target.down' } })
      expect(await claim(NOON + 59_999)).toEqual([])
      expect(await claim(NOON + 60_000)).toMatchObject([{ attempt: 2 }])
    })

    test('each endpoint has its own delivery, and only those asked for are given out', async () => {
      await alerts.raise(newAlert({ endpoints: [hook, other] }))
      expect(await claim(NOON, ['other'])).toMatchObject([{ endpoint: 'other' }])
      expect(await claim(NOON, ['other'])).toEqual([])
      expect(await claim(NOON)).toMatchObject([{ endpoint: 'hook' }])
      expect(await claim(NOON - 1, [])).toEqual([])
    })

    test('what was delivered, or given up, is not due again', async () => {
      const alert = newAlert({ endpoints: [hook, other] })
      await alerts.raise(alert)
      await claim(NOON)
      await alerts.settle({ id: alert.id, endpoint: 'hook', attempt: 1 }, { state: 'delivered', at: NOON + 5 })
      await alerts.settle(
        { id: alert.id, endpoint: 'other', attempt: 1 },
        { state: 'failed', at: NOON + 6, trouble: '500' },
      )
      expect(await claim(NOON + DAY_MS)).toEqual([])
      expect((await only())?.deliveries).toMatchObject([
        { state: 'delivered', attempts: 1, endedAt: NOON + 5, trouble: undefined },
        { state: 'failed', attempts: 1, endedAt: NOON + 6, trouble: '500' },
      ])
    })

    test('what failed is due at its next moment, and says why', async () => {
      const alert = newAlert()
      await alerts.raise(alert)
      await claim(NOON)
      const next = { state: 'waiting', nextAt: NOON + 5000, trouble: 'it answered 500' } as const
      await alerts.settle({ id: alert.id, endpoint: 'hook', attempt: 1 }, next)
      expect(await claim(NOON + 4999)).toEqual([])
      expect(await only()).toMatchObject({ deliveries: [{ state: 'waiting', trouble: 'it answered 500' }] })
      expect(await claim(NOON + 5000)).toMatchObject([{ attempt: 2 }])
    })

    test('what comes of an attempt that was given up on changes nothing', async () => {
      const alert = newAlert()
      await alerts.raise(alert)
      await claim(NOON)
      await claim(NOON + 60_000)
      const late = { state: 'failed', at: NOON + 60_001, trouble: 'too late' } as const
      await alerts.settle({ id: alert.id, endpoint: 'hook', attempt: 1 }, late)
      expect(await only()).toMatchObject({ deliveries: [{ state: 'waiting', attempts: 2, trouble: undefined }] })
    })

    test('a lead is one’s own until it is over, or given up', async () => {
      const asked = [
        { who: 'a', now: 0, gets: true },
        { who: 'b', now: 0, gets: false },
        { who: 'a', now: 500, gets: true },
        { who: 'b', now: 1499, gets: false },
        { who: 'b', now: 1500, gets: true },
        { who: 'a', now: 1501, gets: false },
      ]
      for (const { who, now, gets } of asked)
        expect([who, now, await alerts.lead({ of: 'velocity', who, now, until: now + 1000 })]).toEqual([who, now, gets])
    })

    test('forgets what was kept long enough, but nothing whose occasion lasts', async () => {
      const lasting = newAlert({ occasion: 'lasting' })
      const kept = newAlert({ keepUntil: NOON + DAY_MS })
      for (const alert of [lasting, kept]) await alerts.raise(alert)
      await alerts.tidy(NOON + DAY_MS - 1)
      expect(await alerts.list()).toHaveLength(2)
      await alerts.tidy(NOON + 400 * DAY_MS)
      expect(idsOf(await alerts.list())).toEqual([lasting.id])
    })

    test('gives up what nobody has sent for a day', async () => {
      await alerts.raise(newAlert())
      await alerts.tidy(NOON + DAY_MS - 1)
      expect(await only()).toMatchObject({ deliveries: [{ state: 'waiting' }] })
      await alerts.tidy(NOON + DAY_MS)
      expect(await only()).toMatchObject({ deliveries: [{ state: 'failed', trouble: 'nobody has sent it' }] })
    })
  })
}
