import { realClock } from '../../node.ts'
import { LocalRates } from './local-rates.ts'
import { RateAuthority, type RateReturn, type RateWant } from './rate-authority.ts'
import { RateCounts } from './rate-counts.ts'
import { BEYOND_MS } from './rate-kinds.ts'
import { describeRates } from './rates.contract.ts'
import { SharedRates } from './shared-rates.ts'

const counts = (): RateCounts => new RateCounts({ beyondMs: BEYOND_MS })
const now = (): number => realClock.monotonic()

describeRates('in process', async () => ({
  processes: [new LocalRates({ counts: counts(), now })],
  close: async () => {},
}))

describeRates('by an authority of several owners', async () => {
  const authority = new RateAuthority({ counts: counts(), now })
  const owner = (id: number): SharedRates =>
    new SharedRates({
      clock: realClock,
      line: {
        ask: async (wants: readonly RateWant[]) => authority.answer(id, wants),
        tell: (returned: readonly RateReturn[]) => authority.hear(id, returned),
      },
    })
  return { processes: [owner(1), owner(2), owner(3)], close: async () => {} }
})
