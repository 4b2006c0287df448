import { KEPT_MS, type Alerts, type DeliveryStanding, type KeptAlert, type Lead, type NewAlert } from '../alerts.ts'
import type { Use } from './use.ts'

const DAY_MS = 86_400_000

interface Sending extends DeliveryStanding {
  readonly endpoint: string
  readonly nextAt: number
}

interface Kept extends Omit<NewAlert, 'endpoints'> {
  readonly n: number
  readonly sendings: readonly Sending[]
}

const standingOf = ({ host, state, attempts, trouble, endedAt }: Sending): DeliveryStanding => ({
  host,
  state,
  attempts,
  trouble,
  endedAt,
})

/** Alerts in a map. */
export function memoryAlerts(use: Use): Alerts {
  const kept = new Map<string, Kept>()
  const byOccasion = new Map<string, string>()
  let raised = 0
  const leads = new Map<string, Lead>()

  const change = (id: string, endpoint: string, to: (sending: Sending) => Sending): void => {
    const alert = kept.get(id)
    if (alert === undefined) return
    const sendings = alert.sendings.map((sending) => (sending.endpoint === endpoint ? to(sending) : sending))
    kept.set(id, { ...alert, sendings })
  }
  const inOrder = (): Kept[] => [...kept.values()].toSorted((one, other) => one.n - other.n)
  const about = (occasion: string | undefined): Kept | undefined =>
    occasion === undefined ? undefined : kept.get(byOccasion.get(occasion) ?? '')
  const end = (alert: Kept, now: number): void => {
    byOccasion.delete(alert.occasion ?? '')
    kept.set(alert.id, { ...alert, occasion: undefined, keepUntil: now + KEPT_MS })
  }

  return {
    raise: ({ endpoints, ...alert }) =>
      use(() => {
        if (about(alert.occasion) !== undefined || kept.has(alert.id)) return false
        const ended = about(alert.ends)
        if (alert.ends !== undefined && ended === undefined) return false
        if (ended !== undefined) end(ended, alert.at)
        const sendings = endpoints.map(({ id, host }): Sending => ({
          endpoint: id,
          host,
          state: 'waiting',
          attempts: 0,
          trouble: undefined,
          endedAt: undefined,
          nextAt: alert.at,
        }))
        raised += 1
        if (alert.occasion !== undefined) byOccasion.set(alert.occasion, alert.id)
        kept.set(alert.id, { ...alert, n: raised, sendings })
        return true
      }),

    end: (occasion, now) =>
      use(() => {
        const ended = about(occasion)
        if (ended !== undefined) end(ended, now)
      }),

    occasions: (kinds) =>
      use(() => inOrder().flatMap(({ kind, occasion }) => (kinds.includes(kind) ? (occasion ?? []) : []))),

    list: ({ since = -Infinity, after = Infinity, account, limit = Infinity } = {}) =>
      use(() =>
        inOrder()
          .toReversed()
          .filter((alert) => alert.at >= since && alert.n < after)
          .filter((alert) => account === undefined || alert.account === account)
          .slice(0, limit)
          .map(({ n, id, kind, at, account: of, body, sendings }): KeptAlert => {
            return { n, id, kind, at, account: of, body, deliveries: sendings.map(standingOf) }
          }),
      ),

    claim: ({ endpoints, now, until, most }) =>
      use(() =>
        inOrder()
          .flatMap((alert) => alert.sendings.map((sending) => ({ alert, sending })))
          .filter(({ sending }) => endpoints.includes(sending.endpoint))
          .filter(({ sending: { state, nextAt } }) => state === 'waiting' && nextAt <= now)
          .slice(0, most)
          .map(({ alert: { id, kind, at, account, body }, sending: { endpoint, attempts } }) => {
            change(id, endpoint, (sending) => ({ ...sending, attempts: attempts + 1, nextAt: until }))
            return { alert: { id, kind, at, account, body }, endpoint, attempt: attempts + 1 }
          }),
      ),

    settle: ({ id, endpoint, attempt }, outcome) =>
      use(() =>
        change(id, endpoint, (sending) => {
          if (sending.state !== 'waiting' || sending.attempts !== attempt) return sending
          return outcome.state === 'waiting'
            ? { ...sending, nextAt: outcome.nextAt, trouble: outcome.trouble }
            : {
                ...sending,
                state: outcome.state,
                endedAt: outcome.at,
                trouble: outcome.state === 'failed' ? outcome.trouble : sending.trouble,
              }
        }),
      ),

    lead: (lead) =>
      use(() => {
        const known = leads.get(lead.of)
        if (known !== undefined && known.who !== lead.who && known.until > lead.now) return false
        leads.set(lead.of, lead)
        return true
      }),

    tidy: (now) =>
      use(() => {
        for (const { id, occasion, keepUntil = Infinity, sendings } of kept.values()) {
          if (keepUntil <= now) {
            byOccasion.delete(occasion ?? '')
            kept.delete(id)
          }
          for (const { endpoint, state, nextAt } of sendings)
            if (state === 'waiting' && nextAt <= now - DAY_MS)
              change(id, endpoint, (sending) => ({
                ...sending,
                state: 'failed',
                endedAt: now,
                trouble: sending.trouble ?? 'nobody has sent it',
              }))
        }
      }),
  }
}
