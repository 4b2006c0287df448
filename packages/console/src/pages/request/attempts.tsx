import { duration } from '../../format/quantity.ts'
import { Badge } from '../../parts/badge.tsx'
import { Money } from '../../parts/money.tsx'
import type { RequestRecord } from './request-record.ts'

type Attempt = RequestRecord['attempts'][number]

/** What was tried, one after the other or side by side, on the scale of the whole request. */
export const Attempts = ({ record }: { readonly record: RequestRecord }): React.JSX.Element => {
  const whole = Math.max(record.duration_ms, ...record.attempts.map((each) => each.started_ms + each.duration_ms), 1)
  return (
    <ol className="flex flex-col gap-4">
      {record.attempts.map((attempt, index) => (
        <li key={index}>
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <span className="font-medium">{attempt.provider}</span>
            <span className="text-quiet">{attempt.upstream_model}</span>
            <Badge tone={attempt.outcome === 'answered' ? 'good' : 'bad'}>{attempt.outcome}</Badge>
            {attempt.status === null ? null : <span className="text-quiet">status {attempt.status}</span>}
            <span className="ml-auto tabular-nums">{duration(attempt.duration_ms)}</span>
          </div>
          <Bar attempt={attempt} whole={whole} />
          <p className="text-xs text-quiet">
            Began {duration(attempt.started_ms)} after the request arrived
            {attempt.first_output_ms === null ? '' : `, first output ${duration(attempt.first_output_ms)} later`}
            {attempt.cost === null ? null : (
              <>
                , cost <Money usd={attempt.cost} />
              </>
            )}
            .
          </p>
          {attempt.message === null ? null : <p className="mt-1 break-words text-bad">{attempt.message}</p>}
        </li>
      ))}
    </ol>
  )
}

/** From when to when, with a mark where the first output came. */
function Bar({ attempt, whole }: { readonly attempt: Attempt; readonly whole: number }): React.JSX.Element {
  const share = (ms: number): string => `${Math.min(100, (ms / whole) * 100)}%`
  return (
    <div aria-hidden className="relative my-1.5 h-3 rounded bg-raised">
      <div
        className={`absolute inset-y-0 min-w-1 rounded ${attempt.outcome === 'answered' ? 'bg-accent' : 'bg-bad'}`}
        style={{ left: share(attempt.started_ms), width: share(attempt.duration_ms) }}
      />
      {attempt.first_output_ms === null ? null : (
        <div
          className="absolute inset-y-0 w-0.5 bg-ink"
          style={{ left: share(attempt.started_ms + attempt.first_output_ms) }}
        />
      )}
    </div>
  )
}
