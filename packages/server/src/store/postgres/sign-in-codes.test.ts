import { describeWithPostgres } from '../../../../../test/support/services/new-database.ts'
import { COUNTED_MS, MOST_CODE_TRIES, type SignInCodes } from '../sign-in-codes.ts'
import { openReplicas, type Replicas } from './__fixtures__/replicas.ts'
import { postgresSignInCodes } from './sign-in-codes.ts'

const NOON = Date.UTC(2026, 10, 29, 12)
const code = { address: 'ann', code: 'right', counters: [], now: NOON, until: NOON + 1000 }

describeWithPostgres('sign-in codes of several replicas', () => {
  let opened: Replicas
  let replicas: readonly SignInCodes[]
  beforeEach(async () => {
    opened = await openReplicas(5)
    replicas = opened.replicas.map(postgresSignInCodes)
  })
  afterEach(() => opened.close())
  const first = () => replicas[0] as SignInCodes
  const count = () => first().countTry({ of: 'tries', most: 3, withinMs: COUNTED_MS, now: NOON })

  test('are counted together, in whatever order their counters are named', async () => {
    const counters = [
      { of: 'address', most: 5 },
      { of: 'client', most: 20 },
    ]
    const kept = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        replicas[n % 5]!.keep({ ...code, counters: n % 2 === 0 ? counters : counters.toReversed() }),
      ),
    )
    expect(kept.filter(({ isKept }) => isKept)).toHaveLength(5)
    const tried = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        replicas[n % 5]!.countTry({ of: 'tries', most: 3, withinMs: COUNTED_MS, now: NOON }),
      ),
    )
    expect(tried.filter((until) => until === undefined)).toHaveLength(3)
  })

  test('are used up once, and wrong tries count wherever they are made', async () => {
    await first().keep(code)
    const wrong = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        replicas[n % 5]!.try({ address: 'ann', code: 'wrong', now: NOON, isUsedUp: true }),
      ),
    )
    expect(wrong.filter((one) => one === 'wrong')).toHaveLength(MOST_CODE_TRIES)
    await first().keep({ ...code, code: 'second' })
    const right = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        replicas[n % 5]!.try({ address: 'ann', code: 'second', now: NOON, isUsedUp: true }),
      ),
    )
    expect(right.filter((one) => one === 'right')).toHaveLength(1)
  })

  test('forgiven at once at several are each taken back', async () => {
    for (const _ of [1, 2, 3]) expect(await count()).toBeUndefined()
    await Promise.all(replicas.slice(0, 3).map((replica) => replica.forgiveTry('tries', NOON)))
    for (const _ of [1, 2, 3]) expect(await count()).toBeUndefined()
  })
})
