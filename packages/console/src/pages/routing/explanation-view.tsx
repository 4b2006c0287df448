import { duration } from '../../format/quantity.ts'
import { exactUsd } from '../../format/usd.ts'
import { Badge } from '../../parts/badge.tsx'
import { stateTones, stateWords } from '../models/target-states.ts'
import type { RouteExplanation } from './route-explanation.ts'

type Cost = RouteExplanation['cost']

const costText = (cost: Cost): string => {
  if (cost === null) return 'a cost that is not known, since there is no price'
  return cost.most === null
    ? `${exactUsd(cost.least)} or more, as it sets no limit`
    : `${exactUsd(cost.least)} to ${exactUsd(cost.most)}`
}

/** Where a request would go, and why. */
export const ExplanationView = ({ explanation }: { readonly explanation: RouteExplanation }): React.JSX.Element => {
  const { candidates, excluded, cost, refused_by: refusedBy, on_failure: onFailure } = explanation
  return (
    <div role="status" aria-label="Explanation" className="flex flex-col gap-4">
      {refusedBy === null ? null : (
        <p className="rounded-md border border-warn bg-warn-soft px-3 py-2 text-warn">
          It would be refused now, by a limit in {refusedBy.kind} of the {refusedBy.subject}
          {refusedBy.window === null || refusedBy.window === undefined ? '' : ` a ${refusedBy.window}`}.
        </p>
      )}
      <p>
        It would be tried here, in this order, at most {explanation.max_attempts} times in all, for {costText(cost)}.
      </p>
      <ol className="flex flex-col gap-2">
        {candidates.map(
          ({ provider, model, upstream_model: name, state, cost: here, latency_ms, dropped_params }, at) => (
            <li key={at} className="rounded-md border border-line p-3">
              <span className="font-medium">
                {at + 1}. {model} at {provider}
              </span>{' '}
              <Badge tone={stateTones[state]}>{stateWords[state]}</Badge>
              <p className="text-xs break-words text-quiet">
                As {name}, for {costText(here)}
                {latency_ms === null ? '' : `, first output after ${duration(latency_ms)} lately`}.
                {dropped_params.length === 0 ? '' : ` It would not get ${dropped_params.join(', ')}.`}
              </p>
            </li>
          ),
        )}
      </ol>
      {excluded.length === 0 ? null : (
        <div>
          <h3 className="text-quiet">Left out</h3>
          <ul className="flex flex-col gap-1">
            {excluded.map(({ model, provider, rule, reason }, at) => (
              <li key={at} className="break-words">
                {model}
                {provider === null || provider === undefined ? '' : ` at ${provider}`}: {reason ?? rule}
              </li>
            ))}
          </ul>
        </div>
      )}
      <details>
        <summary className="cursor-pointer text-accent">If the first fails</summary>
        <dl className="mt-2 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
          {Object.entries(onFailure).map(([failure, { step, next }]) => (
            <div key={failure} className="col-span-2 grid grid-cols-subgrid">
              <dt className="text-quiet">{failure.replaceAll('_', ' ')}</dt>
              <dd className="min-w-0 break-words">
                {step.replaceAll('_', ' ')}
                {next.length === 0 ? '' : `: ${next.join(', ')}`}
              </dd>
            </div>
          ))}
        </dl>
      </details>
    </div>
  )
}
