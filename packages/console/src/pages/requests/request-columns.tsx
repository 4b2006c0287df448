import { Link } from '@tanstack/react-router'
import { duration } from '../../format/quantity.ts'
import { Count } from '../../parts/count.tsx'
import type { Column } from '../../parts/data-table.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Money } from '../../parts/money.tsx'
import { OutcomeBadge } from './outcome-badge.tsx'
import type { RequestLine } from './request-line.ts'

/** What a list of requests shows of each. */
export const requestColumns: readonly Column<RequestLine>[] = [
  {
    id: 'created_at',
    header: 'Time',
    value: ({ created_at: at }) => at,
    cell: ({ id, created_at: at }) => (
      <Link to="/requests/$id" params={{ id } as never} className="text-accent hover:underline">
        <Moment at={at} seconds />
      </Link>
    ),
  },
  {
    id: 'outcome',
    header: 'Outcome',
    value: ({ outcome }) => outcome,
    cell: ({ outcome, error_code: code }) => (
      <span className="whitespace-nowrap">
        <OutcomeBadge outcome={outcome} /> {code === null ? null : <span className="text-quiet">{code}</span>}
      </span>
    ),
  },
  { id: 'model', header: 'Model', value: ({ model, requested_model: asked }) => model ?? asked },
  {
    id: 'provider',
    header: 'Provider',
    value: ({ provider }) => provider,
    cell: ({ provider }) => provider ?? <span className="text-quiet">none</span>,
  },
  { id: 'attempts', header: 'Attempts', numeric: true, value: ({ attempts }) => attempts },
  {
    id: 'input_tokens',
    header: 'Input (tokens)',
    numeric: true,
    value: ({ input_tokens: count }) => count,
    cell: ({ input_tokens: count }) => <Count of={count} />,
  },
  {
    id: 'output_tokens',
    header: 'Output (tokens)',
    numeric: true,
    value: ({ output_tokens: count }) => count,
    cell: ({ output_tokens: count }) => <Count of={count} />,
  },
  {
    id: 'cost_usd',
    header: 'Cost (USD)',
    numeric: true,
    value: ({ cost_usd: usd }) => usd,
    cell: ({ cost_usd: usd }) => <Money usd={usd} />,
  },
  {
    id: 'first_output_ms',
    header: 'First output',
    numeric: true,
    value: ({ first_output_ms: ms }) => ms,
    cell: ({ first_output_ms: ms }) => (ms === null ? <span className="text-quiet">none</span> : duration(ms)),
  },
  {
    id: 'duration_ms',
    header: 'Duration',
    numeric: true,
    value: ({ duration_ms: ms }) => ms,
    cell: ({ duration_ms: ms }) => duration(ms),
  },
  {
    id: 'key_id',
    header: 'Key',
    value: ({ key_id: key }) => key,
    cell: ({ key_id: key }) => <span className="whitespace-nowrap">{key}</span>,
  },
  { id: 'customer', header: 'Customer', value: ({ customer }) => customer },
  { id: 'id', header: 'Request', value: ({ id }) => id, hidden: true },
]
