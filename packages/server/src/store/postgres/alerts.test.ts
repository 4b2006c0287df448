import { describeWithPostgres } from '../../../../../test/support/services/new-database.ts'
import type { Alerts, NewAlert } from '../alerts.ts'
import type { Refused } from '../refusals.ts'
import { openReplicas, type Replicas } from './__fixtures__/replicas.ts'
import { postgresAlerts } from './alerts.ts'
import { postgresRefusals } from './refusals.ts'

const NOON = Date.UTC(2026, 10, 29, 12)

const alert = (n: number, over: Partial<NewAlert> = {}): NewAlert => ({
  id: `alert_${n}`,
  kind: 'target.down',
  at: NOON,
  account: undefined,
  body: '{}',
  endpoints: [{ id: 'hook', host: 'hooks.example.com' }],
  ...over,
})

describeWithPostgres('several replicas', () => {
  let opened: Replicas
  beforeEach(async () => {
    opened = await openReplicas(5)
  })
  afterEach(() => opened.close())

  test('raise an alert of one occasion once, and send each alert once', async () => {
    const replicas: readonly Alerts[] = opened.replicas.map(postgresAlerts)
    const raised = await Promise.all(replicas.map(({ raise }, n) => raise(alert(n, { occasion: 'same' }))))
    expect(raised.filter(Boolean)).toHaveLength(1)
    for (let n = 10; n < 30; n += 1) await replicas[n % 5]!.raise(alert(n))
    const claim = { endpoints: ['hook'], now: NOON, until: NOON + 1000, most: 10 }
    const claimed = (await Promise.all(replicas.map((replica) => replica.claim(claim)))).flat()
    const rest = (await Promise.all(replicas.map((replica) => replica.claim(claim)))).flat()
    const ids = [...claimed, ...rest].map((delivery) => delivery.alert.id)
    expect(ids).toHaveLength(21)
    expect(new Set(ids).size).toBe(21)
  })

  test('have one of them lead', async () => {
    const replicas = opened.replicas.map(postgresAlerts)
    const leads = await Promise.all(
      replicas.map(({ lead }, n) => lead({ of: 'velocity', who: `${n}`, now: NOON, until: NOON + 1000 })),
    )
    expect(leads.filter(Boolean)).toHaveLength(1)
  })

  test('add up what they refuse, and number it without a gap', async () => {
    const replicas = opened.replicas.map(postgresRefusals)
    const refused = (key: number): Refused => ({
      minute: NOON,
      account: 'acc',
      keyId: `key_${key}`,
      limitId: 'lim',
      subject: 'each \0',
      kind: 'usd',
      window: 'month',
      refused: 1,
    })
    const told = Array.from({ length: 8 }, (_, n) => refused(n))
    await Promise.all(replicas.map(({ count }, n) => count(n % 2 === 0 ? told : told.toReversed())))
    await replicas[0]?.count([refused(0), refused(0)])
    expect(await replicas[0]?.byLimit(NOON)).toEqual(new Map([['lim', 42]]))
    const kept = (await replicas[0]?.list()) ?? []
    expect(kept.map(({ n }) => n)).toEqual([8, 7, 6, 5, 4, 3, 2, 1])
    expect(new Set(kept.map(({ subject }) => subject))).toEqual(new Set(['each \uFFFD']))
  })
})
