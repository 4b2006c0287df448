import { randomFrom } from '../../../../../test/support/random-from.ts'
import type { RateKind } from '../limit.ts'
import { rateCounting } from './rate-kinds.ts'
import { runRates } from './rate-world.fake.ts'
import { mostIn } from './rates.fake.ts'

const RUNS = Number(process.env['SPEKA_MODEL_RUNS'] ?? 30)

describe('a rate that several processes share', () => {
  const rows: { kind: RateKind; amount: number; until: number }[] = [
    { kind: 'rpm', amount: 10, until: 900_000 },
    { kind: 'rpm', amount: 60, until: 300_000 },
    { kind: 'rpm', amount: 300, until: 150_000 },
    { kind: 'rpm', amount: 1200, until: 130_000 },
    { kind: 'tpm', amount: 10_000, until: 300_000 },
    { kind: 'rpd', amount: 200, until: 3 * 86_400_000 },
  ]
  test.each(rows.flatMap((row) => [1.05, 20].map((load) => ({ ...row, load }))))(
    'of $amount ($kind) is never exceeded, and at least 98 % used at $load times the load',
    async (row) => {
      for (const owners of [1, 4]) {
        const until = row.load > 2 ? row.until : row.until * 2
        const { admitted, ideal, unknown } = await runRates({ ...row, until, random: randomFrom(1), owners })
        expect(mostIn(admitted, rateCounting[row.kind].spanMs)).toBeLessThanOrEqual(row.amount)
        expect(admitted.length / ideal).toBeGreaterThanOrEqual(0.98)
        expect(unknown).toBe(0)
      }
    },
  )

  test.each([
    { whatever: 'however slow the line is', troubles: 'slow' as const },
    { whatever: 'whatever is lost, said twice, killed or started again', troubles: 'all' as const },
  ])('is never exceeded, $whatever', async ({ troubles }) => {
    for (let seed = 1; seed <= RUNS; seed += 1) {
      const amount = [1, 3, 20, 60, 300][seed % 5] ?? 1
      const load = [2, 20, 5][seed % 3] ?? 1
      const owners = 1 + (seed % 4)
      const { admitted } = await runRates({
        random: randomFrom(seed),
        kind: 'rpm',
        amount,
        load,
        owners,
        until: 200_000,
        troubles,
      })
      expect(mostIn(admitted, 60_000)).toBeLessThanOrEqual(amount)
    }
  })
})
