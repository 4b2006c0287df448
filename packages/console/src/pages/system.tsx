import { useQuery } from '@tanstack/react-query'
import { answerOf, api } from '../api/client.ts'
import { useLive } from '../api/use-live.ts'
import { exactCount } from '../format/quantity.ts'
import { Answered } from '../parts/answered.tsx'
import { Badge } from '../parts/badge.tsx'
import { Count } from '../parts/count.tsx'
import { Figure } from '../parts/figure.tsx'
import { Moment } from '../parts/moment.tsx'
import { PageHeader } from '../parts/page-header.tsx'

/** What runs, since when, on what. The operator's alone. */
export function System(): React.JSX.Element {
  const system = useQuery({
    queryKey: ['system'],
    queryFn: () => answerOf(api.GET('/api/v1/system')),
  })
  useLive({ path: '/api/v1/system', queryKey: ['system'], on: system.isSuccess })
  return (
    <>
      <PageHeader title="System" about="What runs, since when, on what, and whether its sums are up to date." />
      <Answered query={system}>
        {({ version, node, storage, workers, started_at, ledger, replicas, redis }) => (
          <dl className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
            <Figure label="Version" note={`Node.js ${node}`}>
              {version}
            </Figure>
            <Figure label="Running since" note={<Moment at={started_at} />}>
              <Moment at={started_at} relative />
            </Figure>
            <Figure label="Processes" note="that answer requests">
              <Count of={workers} />
            </Figure>
            <Figure label="Storage" note={<span className="font-mono break-all">{storage.place}</span>}>
              {storage.kind}
            </Figure>
            {replicas !== null && (
              <Figure label="Replicas" note={replicas.map(({ host, version: runs }) => `${host} (${runs})`).join(', ')}>
                <Count of={replicas.length} />
              </Figure>
            )}
            {redis !== null && (
              <Figure label="Rates" note={<span className="font-mono break-all">{redis.place}</span>}>
                {redis.version ?? <Badge tone="bad">does not answer</Badge>}
              </Figure>
            )}
            <Figure
              label="Records"
              note={
                ledger.lag === 0 ? 'all of them are in the sums' : `${exactCount(ledger.lag)} are not in the sums yet`
              }
            >
              <Count of={ledger.records} />
            </Figure>
            <Figure label="Recording" note={ledger.trouble}>
              {ledger.trouble === null ? <Badge tone="good">works</Badge> : <Badge tone="bad">does not work</Badge>}
            </Figure>
          </dl>
        )}
      </Answered>
    </>
  )
}
