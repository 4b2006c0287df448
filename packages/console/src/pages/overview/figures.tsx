import { duration, percent } from '../../format/quantity.ts'
import { exactUsd, shortUsd } from '../../format/usd.ts'
import { Count } from '../../parts/count.tsx'
import { Figure } from '../../parts/figure.tsx'
import { LimitBar } from '../../parts/limit-bar.tsx'
import { Money } from '../../parts/money.tsx'
import type { OverviewData } from './overview-data.ts'

/** The numbers that matter most. */
export function Figures({ overview: { month, totals } }: { readonly overview: OverviewData }): React.JSX.Element {
  const { requests, failed, input_tokens: input, output_tokens: output, cached_input_tokens: cached } = totals
  return (
    <dl className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-6">
      <Figure label="Spent this month" note={<MonthNote month={month} />}>
        <Money usd={month.spent_usd} />
      </Figure>
      <Figure
        label="Spent in this time"
        note={totals.unpriced === 0 ? null : `${totals.unpriced} without a known price`}
      >
        <Money usd={totals.cost_usd} />
      </Figure>
      <Figure label="Requests">
        <Count of={requests} />
      </Figure>
      <Figure label="Errors" note={requests === 0 ? null : `${percent(failed / requests)} of requests`}>
        <span className={failed === 0 ? '' : 'text-bad'}>
          <Count of={failed} />
        </span>
      </Figure>
      <Figure label="Tokens" note={`${percent(input === 0 ? 0 : cached / input)} of the input was cached`}>
        <Count of={input + output} />
      </Figure>
      <Figure
        label="Time to answer"
        note={totals.first_output_ms === null ? null : `first output ${duration(totals.first_output_ms.p50)} (median)`}
      >
        {totals.duration_ms === null ? (
          <span className="text-quiet">none</span>
        ) : (
          <>
            {duration(totals.duration_ms.p50)}
            <span className="block text-xs font-normal text-quiet">95% within {duration(totals.duration_ms.p95)}</span>
          </>
        )}
      </Figure>
    </dl>
  )
}

function MonthNote({ month }: { readonly month: OverviewData['month'] }): React.JSX.Element {
  const { allowance_usd: allowance, spent_usd: spent, forecast_usd: forecast, last_month_usd: last } = month
  return (
    <>
      {allowance === null ? null : (
        <LimitBar
          label="Allowance of the plan"
          share={Number(spent) / Number(allowance)}
          text={`${shortUsd(spent)} of ${shortUsd(allowance)} included`}
        />
      )}
      <span title={exactUsd(forecast)}>{shortUsd(forecast)} by its end</span>,{' '}
      <span title={exactUsd(last)}>last month {shortUsd(last)}</span>
    </>
  )
}
