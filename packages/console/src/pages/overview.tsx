import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useAddress } from '../address.ts'
import { answerOf, api } from '../api/client.ts'
import { Answered } from '../parts/answered.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { Select } from '../parts/select.tsx'
import { FirstRequest } from './overview/first-request.tsx'
import { Figures } from './overview/figures.tsx'
import { OverTime } from './overview/over-time.tsx'
import { Splits } from './overview/splits.tsx'

const HOUR_MS = 3_600_000
const REFRESH_MS = 10_000

/** How far back, by what the address says. */
const ranges = {
  '24h': { text: 'Last 24 hours', ms: 24 * HOUR_MS },
  '7d': { text: 'Last 7 days', ms: 7 * 24 * HOUR_MS },
  '30d': { text: 'Last 30 days', ms: 30 * 24 * HOUR_MS },
  '90d': { text: 'Last 90 days', ms: 90 * 24 * HOUR_MS },
} as const

const isRange = (text: string): text is keyof typeof ranges => Object.hasOwn(ranges, text)

/** What was spent, asked and answered lately, at one glance. */
export function Overview(): React.JSX.Element {
  const [{ range: asked = '' }, say] = useAddress()
  const range = isRange(asked) ? asked : '30d'
  const overview = useQuery({
    queryKey: ['overview', range],
    queryFn: () => {
      const since = new Date(Date.now() - ranges[range].ms).toISOString()
      return answerOf(api.GET('/api/v1/overview', { params: { query: { since } } }))
    },
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  })
  return (
    <>
      <PageHeader title="Overview" about="What was spent, asked and answered.">
        <Select
          label="Time"
          value={range}
          options={Object.entries(ranges).map(([value, { text }]) => ({ value, text }))}
          onChange={(value) => say({ range: value })}
        />
      </PageHeader>
      <Answered query={overview} lines={12}>
        {(data) => (
          <div className="flex flex-col gap-6">
            <Figures overview={data} />
            {data.totals.requests === 0 ? (
              <FirstRequest hasKey={data.keys > 0} />
            ) : (
              <>
                <OverTime overview={data} />
                <Splits overview={data} />
              </>
            )}
          </div>
        )}
      </Answered>
    </>
  )
}
