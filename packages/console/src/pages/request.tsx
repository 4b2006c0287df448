import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useParam } from '../address.ts'
import { answerOf, api } from '../api/client.ts'
import { duration } from '../format/quantity.ts'
import { Answered } from '../parts/answered.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import { Count } from '../parts/count.tsx'
import { Moment } from '../parts/moment.tsx'
import { Money } from '../parts/money.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { Panel } from '../parts/panel.tsx'
import { AskAgain } from './request/ask-again.tsx'
import { Attempts } from './request/attempts.tsx'
import { Facts } from './request/facts.tsx'
import { readRequestRecord, type RequestRecord } from './request/request-record.ts'
import { OutcomeBadge } from './requests/outcome-badge.tsx'

/** One request: what was tried and when, what it used, and what it cost. */
export function RequestTimeline(): React.JSX.Element {
  const id = useParam('id')
  const request = useQuery({
    queryKey: ['request', id],
    queryFn: async () =>
      readRequestRecord(await answerOf(api.GET('/api/v1/requests/{id}', { params: { path: { id } } }))),
  })
  return (
    <>
      <PageHeader title="Request" about={<span className="font-mono text-xs break-all">{id}</span>}>
        <CopyButton text={id} label="Copy the id" />
        <Link to="/requests" className="px-2 py-1.5 text-accent underline">
          All requests
        </Link>
      </PageHeader>
      <Answered query={request} lines={10}>
        {(record) => (
          <>
            <AskAgain record={record} />
            <Record record={record} />
          </>
        )}
      </Answered>
    </>
  )
}

const Record = ({ record }: { readonly record: RequestRecord }): React.JSX.Element => (
  <div className="grid items-start gap-4 xl:grid-cols-[2fr_1fr]">
    <div className="flex min-w-0 flex-col gap-4">
      <Panel title="Attempts" aside={<span className="text-quiet">{duration(record.duration_ms)} in all</span>}>
        {record.attempts.length === 0 ? (
          <p className="text-quiet">Nothing was sent to a provider.</p>
        ) : (
          <Attempts record={record} />
        )}
      </Panel>
      <Panel title="Cost" aside={<Money usd={record.cost_details?.total} />}>
        <Facts facts={{ ...usageOf(record), ...priceOf(record) }} />
      </Panel>
    </div>
    <Panel title="What it was" aside={<OutcomeBadge outcome={record.outcome} />}>
      <Facts
        facts={{
          Arrived: <Moment at={record.created_at} seconds />,
          'First output': record.first_output_ms === null ? null : duration(record.first_output_ms),
          'Asked for': record.requested_model,
          'Answered by': record.model,
          Provider: record.provider,
          'Model there': record.upstream_model,
          Endpoint: record.endpoint,
          Streamed: record.stream ? 'yes' : 'no',
          'Ended by': record.finish_reason,
          Error: record.error_code,
          Key: record.key_id,
          Account: record.account,
          Customer: record.customer,
          Session: record.session,
          'Id of the provider': record.upstream_id,
        }}
      />
    </Panel>
  </div>
)

const usageOf = ({ usage }: RequestRecord) => ({
  'Input tokens': <Count of={usage.prompt_tokens} />,
  'Of these cached':
    usage.prompt_tokens_details.cached_tokens === null ? null : (
      <Count of={usage.prompt_tokens_details.cached_tokens} />
    ),
  'Output tokens': <Count of={usage.completion_tokens} />,
  'Of these reasoning':
    usage.completion_tokens_details.reasoning_tokens === null ? null : (
      <Count of={usage.completion_tokens_details.reasoning_tokens} />
    ),
  Counted: usage.estimated ? 'by the gateway, since the provider did not' : null,
  Capped: usage.capped ? 'the provider said more than the request can have used' : null,
})

const priceOf = ({ price }: RequestRecord) => {
  if (price === null) return { Price: 'unknown' }
  const rates = Object.entries(price).filter(([name, value]) => value !== null && name !== 'currency')
  return Object.fromEntries(rates.map(([name, value]) => [priceName(name), String(value)]))
}

/** `input_per_1m` as `Price: input per 1m (USD)` */
const priceName = (name: string): string => {
  const words = name.replaceAll('_', ' ')
  return /per |^(?:image|second|character|request|search)/.test(words) ? `Price: ${words} (USD)` : `Price: ${words}`
}
