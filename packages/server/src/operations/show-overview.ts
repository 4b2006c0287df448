import { SpekaError } from '@speka/core'
import { z } from 'zod'
import type { UsageTotals } from '../store/store.ts'
import { mergeTimes, timeAt, type TimeBuckets } from '../store/time-buckets.ts'
import { stepMs, stepOf, type UsageTimes } from '../store/usage-times.ts'
import { id, moment, span as spanField } from './fields.ts'
import { spendingOfMonth, spendingView } from './month-spending.ts'
import { operation, type OperationParts } from './operation.ts'
import { accountToList } from './own-account.ts'
import { isInUse } from './plans.ts'
import { sumTotals, usageSums, viewSums } from './usage-sums.ts'

const DAY_MS = stepMs.day

/** What is shown unless a time is asked for: the last thirty days. */
const USUAL_MS = 30 * DAY_MS

/** The longest time that is shown by the hour rather than by the day. */
const MOST_BY_HOUR_MS = 3 * DAY_MS

/** The longest time that is shown: a year and what a month may be longer. */
const MOST_MS = 400 * DAY_MS

/** How many of each split are shown by themselves. */
const TOP = 10

const percentiles = z.object({ p50: z.number(), p95: z.number() })

/** Usage with how long it took. */
const timedSums = usageSums.extend({
  /** In ms, from arrival to the end; at most a tenth off. `null`: there was no request. */
  duration_ms: percentiles.nullable(),
  /** In ms, from arrival to the first output; at most a tenth off. `null`: there was none. */
  first_output_ms: percentiles.nullable(),
})

const split = z.object({
  /** Those that cost most, the first of them first; of equal cost, those with the most requests. */
  top: z.array(
    usageSums.extend({
      /** An id or a name; `null` for requests that have none. */
      group: z.string().nullable(),
      /** What it is called, where that is known and another. */
      name: z.string().nullable(),
    }),
  ),
  /** All others, added up, and how many they are; `null`: there are none. */
  rest: usageSums.extend({ groups: z.number() }).nullable(),
})

/** What a gateway or an account has done lately, at one glance. */
export const overviewView = z.object({
  /** `null`: all accounts. */
  account: z.string().nullable(),
  since: z.iso.datetime(),
  until: z.iso.datetime(),
  /** What each point of the series stands for. */
  step: z.enum(['hour', 'day']),
  month: spendingView,
  /** Virtual keys that can be used. */
  keys: z.number(),
  totals: timedSums,
  /** The oldest first. Hours and days, in UTC, without a request are left out. */
  series: z.array(timedSums.extend({ at: z.iso.datetime() })),
  splits: z.object({ model: split, key: split, team: split, provider: split }),
})

export type OverviewView = z.output<typeof overviewView>

type Shown = Pick<OperationParts, 'store' | 'now' | 'plans'>

/** Everything that a first page shows: what the month comes to, and what was used when and by whom. From sums alone. */
export const showOverview = operation({
  right: 'usage.read',
  input: z.strictObject({
    account: id.optional(),
    /** From when on, rounded down to a whole hour or day. Default: 30 days before `until`. */
    since: moment.optional(),
    /** Before when, rounded up likewise. Default: now. */
    until: moment.optional(),
    /** How long before `until` it begins, such as `7d`: in place of `since`. */
    last: spanField.optional(),
  }),
  output: overviewView,
  async run(parts, { account: asked, ...span }, actor): Promise<OverviewView> {
    const account = await accountToList(parts, actor, asked)
    const { since, until, step } = spanOf(span, parts.now())
    const query = { since, until, account }
    const { ledger } = parts.store
    // What it costs the operator is none of an account's business.
    const shows = { cost: actor.kind === 'operator' }
    const [month, keys, splits, times] = await Promise.all([
      spendingOfMonth(parts, account),
      keysInUse(parts, account),
      ledger.splits({ splits: [step, 'model', 'key', 'team', 'provider'], ...query, most: parts.mostGroups }),
      ledger.times({ by: step, ...query }),
    ])
    const [sums = [], model = [], key = [], team = [], provider = []] = splits
    const timesAt = new Map(times.map((one) => [one.at, one]))
    return {
      account: account ?? null,
      since: textOf(since),
      until: textOf(until),
      step,
      month,
      keys,
      totals: { ...viewSums(sumTotals(sums), shows), ...timesView(allTimes(times)) },
      series: sums.map((one) => {
        const at = Date.parse(one.group ?? '')
        return { at: textOf(at), ...viewSums(one, shows), ...timesView(timesAt.get(at)) }
      }),
      splits: {
        model: splitOf(model, shows),
        key: splitOf(key, shows, await namesOf(parts, 'key', key)),
        team: splitOf(team, shows, await namesOf(parts, 'team', team)),
        provider: splitOf(provider, shows),
      },
    }
  },
})

interface AskedSpan {
  readonly since?: number | undefined
  readonly until?: number | undefined
  readonly last?: number | undefined
}

interface Span {
  readonly since: number
  readonly until: number
  readonly step: 'hour' | 'day'
}

/** Whole steps: what is kept is added up by them, and no request by itself is looked at. */
function spanOf(asked: AskedSpan, now: number): Span {
  if (asked.since !== undefined && asked.last !== undefined) throw refuse('since has no meaning beside last.')
  const end = asked.until ?? now
  const begin = asked.since ?? end - (asked.last ?? USUAL_MS)
  if (begin >= end) throw refuse('since must be before until.')
  if (end - begin > MOST_MS) throw refuse('since must be at most 400 days before until.')
  const step = end - begin <= MOST_BY_HOUR_MS ? 'hour' : 'day'
  return { since: stepOf(begin, step), until: Math.ceil(end / stepMs[step]) * stepMs[step], step }
}

const refuse = (message: string): SpekaError => new SpekaError('invalid_value', message, { param: 'since' })

const textOf = (ms: number): string => new Date(ms).toISOString()

async function keysInUse({ store, now, plans }: Shown, account: string | undefined): Promise<number> {
  const [kept, { configuredKeys }] = await Promise.all([store.registry.list('key', { account }), plans()])
  const configured = account === undefined || account === 'default' ? configuredKeys : 0
  return configured + kept.filter(({ record }) => isInUse(record, now())).length
}

function allTimes(times: readonly UsageTimes[]): UsageTimes {
  const all: UsageTimes = { at: 0, durations: new Map(), firstOutputs: new Map() }
  for (const { durations, firstOutputs } of times) {
    mergeTimes(all.durations, durations)
    mergeTimes(all.firstOutputs, firstOutputs)
  }
  return all
}

const timesView = (times: UsageTimes | undefined) => ({
  duration_ms: percentilesOf(times?.durations),
  first_output_ms: percentilesOf(times?.firstOutputs),
})

function percentilesOf(buckets: TimeBuckets = new Map()): z.output<typeof percentiles> | null {
  const [p50, p95] = [timeAt(buckets, 0.5), timeAt(buckets, 0.95)]
  return p50 === undefined || p95 === undefined ? null : { p50, p95 }
}

type Names = ReadonlyMap<string, string>

function splitOf(
  totals: readonly UsageTotals[],
  shows: { readonly cost: boolean },
  names: Names = new Map(),
): z.output<typeof split> {
  const inOrder = bySize(totals)
  const others = inOrder.slice(TOP)
  return {
    top: inOrder.slice(0, TOP).map((one) => ({
      group: one.group ?? null,
      name: names.get(one.group ?? '') ?? null,
      ...viewSums(one, shows),
    })),
    rest: others.length === 0 ? null : { groups: others.length, ...viewSums(sumTotals(others), shows) },
  }
}

const bySize = (totals: readonly UsageTotals[]): UsageTotals[] =>
  totals.toSorted((a, b) => Number(b.charge > a.charge) - Number(a.charge > b.charge) || b.requests - a.requests)

/** What keys or teams are called, of those alone that are shown by themselves. */
async function namesOf({ store, plans }: Shown, kind: 'key' | 'team', totals: readonly UsageTotals[]): Promise<Names> {
  const ids = bySize(totals)
    .slice(0, TOP)
    .flatMap(({ group }) => group ?? [])
  const kept = await Promise.all(ids.map((each) => store.registry.get(kind, each)))
  const configured = (await plans()).keys?.names ?? new Map<string, string>()
  return new Map(
    ids.flatMap((each, index): [string, string][] => {
      const name = kept[index]?.record.name ?? configured.get(each)
      return name === undefined ? [] : [[each, name]]
    }),
  )
}
