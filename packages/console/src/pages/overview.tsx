import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useAddress } from '../address.ts'
import { answerOf, api } from '../api/client.ts'
import { pathOf, useLive } from '../api/use-live.ts'
import { Answered } from '../parts/answered.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { Select } from '../parts/select.tsx'
import { FirstRequest } from './overview/first-request.tsx'
import { Figures } from './overview/figures.tsx'
import { OverTime } from './overview/over-time.tsx'
import { Splits } from './overview/splits.tsx'

/** How far back, by what the address and the API say. */
const ranges = {
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '90d': 'Last 90 days',
} as const

const isRange = (text: string): text is keyof typeof ranges => Object.hasOwn(ranges, text)

/** What was spent, asked and answered lately, at one glance. */
export function Overview(): React.JSX.Element {
  const [{ range: asked = '' }, say] = useAddress()
  const range = isRange(asked) ? asked : '30d'
  const overview = useQuery({
    queryKey: ['overview', range],
    queryFn: () => answerOf(api.GET('/api/v1/overview', { params: { query: { last: range } } })),
    placeholderData: keepPreviousData,
  })
  useLive({
    path: pathOf('/api/v1/overview', { last: range }),
    queryKey: ['overview', range],
    on: overview.isSuccess && !overview.isPlaceholderData,
  })
  return (
    <>
      <PageHeader title="Overview" about="What was spent, asked and answered.">
        <Select
          label="Time"
          value={range}
          options={Object.entries(ranges).map(([value, text]) => ({ value, text }))}
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
