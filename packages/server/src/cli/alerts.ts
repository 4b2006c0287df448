import { listAlerts, type AlertView } from '../operations/list-alerts.ts'
import { readDate, text } from './command.ts'
import { accountOption, listCommand } from './list-command.ts'

/** `speka alerts list`: what the operator was told of, and whether it arrived. */
export const alertCommands = [
  listCommand({
    name: 'alerts list',
    summary: 'List alerts, and whether they were delivered.',
    list: listAlerts,
    usage: '[--since ISO] [--account ID]',
    options: { ...accountOption, since: { type: 'string' } },
    wanted: (options) => ({ since: readDate('since', text(options, 'since')), account: text(options, 'account') }),
    headings: ['at', 'type', 'account', 'about', 'delivery', 'id'],
    cells: (alert: AlertView) => [
      alert.at,
      alert.type,
      alert.account,
      aboutOf(alert),
      alert.deliveries.map(({ host, state, attempts }) => `${host}: ${state} (${attempts})`).join(', '),
      alert.id,
    ],
    none: 'There have been no alerts. What is worth one is said in the configuration, under alerts.',
  }),
] as const

/** What happened, in a few words. */
function aboutOf({ type, data }: AlertView): string {
  const say = (field: string): string => String(data[field])
  switch (type) {
    case 'limit.threshold_reached':
      return `${say('percent')} % of ${say('limit_usd')} USD`
    case 'spend.velocity_exceeded':
      return `${say('spent_usd')} USD in an hour, usually ${say('usual_usd')}`
    case 'provider_key.refused':
      return `${say('provider')}, key ${say('position')}`
    case 'target.down':
    case 'target.up':
      return `${say('provider')}, ${say('upstream_model')}`
    case 'payment.failed':
    case 'payment.settled':
    case 'account.suspended_unpaid':
      return `invoice ${say('invoice')} of ${say('total_usd')} USD`
    case 'account.resumed_paid':
      return 'it has paid'
  }
}
