import { picoUsd, type Clock } from '@speka/core'
import {
  matchesGlob,
  type Budget,
  type Budgets,
  type HeldNews,
  type HoldingProcess,
  type LeaseCall,
  type LeaseReply,
} from '@speka/core/internal'
import { backgroundClock } from '../availability.ts'
import type { LeaseAnswer, SentBudget, SentCall, SpentBefore } from './lease-messages.ts'
import type { BudgetWindow, SpentParts, WindowParts } from './spent-parts.ts'
import { Trust } from './trust.ts'

/** How often a process that has been lent money says that it lives, in ms. */
const BEAT_MS = 1000

/** How long after a limit was made every process knows of it, in ms: from then on no row is missing that says it counts. */
const KNOWN_MS = 1500

/** What a database does for leases. */
export interface StoreBudgetsParts {
  /** Resolves when every record that was settled before is with the database, so that what it is asked then comes behind. */
  readonly handedOver: () => Promise<void>
  /** Carries out one lease call, in one transaction. */
  readonly exchange: (call: SentCall) => Promise<LeaseAnswer>
  /**
   * Says that this process lives, and what it has set aside by now.
   *
   * @returns whether it is still the owner that its last lease call was answered to.
   */
  readonly beat: (news: readonly HeldNews[]) => Promise<boolean>
  /** @param isWindowWanted whether to add up what rows that do not name a budget charged even where that is final. */
  readonly spent: (windows: readonly BudgetWindow[], isWindowWanted: boolean) => Promise<readonly SpentParts[]>
  /** Where rows are answered for as well, what they and leases know together. Default: its own. */
  readonly trust?: Trust | undefined
  readonly clock?: Pick<Clock, 'after'> | undefined
  /** In ms since the epoch. */
  readonly now?: (() => number) | undefined
}

/** Budgets in tables beside the ledger. This process's leases are kept for it as long as it beats. */
export function storeBudgets(parts: StoreBudgetsParts): Budgets & { close(): void } {
  const { clock = backgroundClock, now = Date.now, trust = new Trust() } = parts
  let cancel: (() => void) | undefined
  let open = true
  let process: HoldingProcess | undefined
  // Records that are kept say so too, on a connection of their own.
  trust.onHeard = () => process?.storeAnswered()

  let lastTold = Promise.resolve()

  /** One after another: what was told last is what is held. */
  const tellInTurn = (isAlive: boolean): Promise<void> => (lastTold = lastTold.then(() => tell(isAlive)))

  async function tell(isAlive: boolean): Promise<void> {
    const sentAt = trust.now()
    const news = process?.news() ?? []
    if (news.length === 0 && !isAlive) return
    let isHeard = false
    try {
      isHeard = await parts.beat(news)
      if (isHeard) trust.heard(sentAt)
      // Of which it hears with its next call.
      else trust.ended()
    } catch {
      // It passes, or else the trust does.
    }
    process?.newsHeard(isHeard)
  }

  async function beat(): Promise<void> {
    await tellInTurn(true)
    cancel = open ? clock.after(BEAT_MS, () => void beat()) : undefined
  }

  const isKnown = ({ applied: { limit } }: Budget): boolean => limit.since + KNOWN_MS <= now()

  function send(call: LeaseCall, before: ReadonlyMap<string, SpentBefore>): SentCall {
    const places = new Map<string, number>()
    const budgets: SentBudget[] = []
    const placeOf = (budget: Budget): number => {
      let place = places.get(budget.id)
      if (place === undefined) {
        place = budgets.length
        places.set(budget.id, place)
        budgets.push({
          id: budget.id,
          cap: budget.cap,
          revision: budget.applied.limit.revision,
          isKnown: isKnown(budget),
          before: isClean(budget) ? NOTHING : before.get(budget.id),
        })
      }
      return place
    }
    const has = call.has.map(({ budget, granted, held, ends }) => ({
      budget: placeOf(budget),
      granted,
      held,
      ends: ends === true,
    }))
    const wants = call.wants.map(({ lacks }) => ({
      lacks: lacks.map(({ budget, amount }) => ({ budget: placeOf(budget), amount })),
    }))
    return { number: call.number, budgets, has, wants }
  }

  async function spentBefore(budgets: readonly Budget[]): Promise<ReadonlyMap<string, SpentBefore>> {
    // Before the rows are read: one that comes meanwhile may be another's that does not know of the limit yet.
    const known = budgets.map(isKnown)
    const spent = await parts.spent(budgets.map(windowOf), true)
    return new Map(
      budgets.map((budget, index) => [
        budget.id,
        { amount: withoutNaming(budget, spent[index]?.window), isFinal: known[index] === true },
      ]),
    )
  }

  async function carryOut(call: LeaseCall): Promise<LeaseReply> {
    // Of what nobody wants it need not be known what was spent.
    const wanted = new Map(call.wants.flatMap(({ lacks }) => lacks).map(({ budget }) => [budget.id, budget]))
    let before: ReadonlyMap<string, SpentBefore> = new Map()
    for (;;) {
      await parts.handedOver()
      const sentAt = trust.now()
      const answer = await parts.exchange(send(call, before))
      if (!('unknown' in answer)) {
        trust.lent(sentAt)
        return replyOf(answer)
      }
      trust.heard(sentAt)
      before = await spentBefore(answer.unknown.flatMap((id) => wanted.get(id) ?? []))
      process?.storeAnswered()
    }
  }

  return {
    async exchange(call) {
      const reply = await carryOut(call)
      if (cancel === undefined && open) cancel = clock.after(BEAT_MS, () => void beat())
      return reply
    },
    asks: (asked) => void (process = asked),
    trusted: () => trust.keepsLeases || cancel === undefined,
    async standing(budgets) {
      // What this process has set aside is told as it is: the last beat may have come in the middle of a request that is over.
      if (cancel !== undefined && open) await tellInTurn(false)
      const spent = await parts.spent(budgets.map(windowOf), false)
      return budgets.map((budget, index) => standingOf(budget, spent[index]))
    },
    close() {
      open = false
      cancel?.()
    },
  }
}

const NOTHING: SpentBefore = { amount: 0n, isFinal: true }

/** Without a look at the rows: nobody had spent anything when the window began that did not say so. */
const isClean = ({ applied: { limit }, startsAt }: Budget): boolean =>
  limit.since === 0 || limit.since + KNOWN_MS <= startsAt

const windowOf = ({ id, applied: { limit, subjectId }, startsAt, endsAt }: Budget): BudgetWindow => ({
  id,
  kind: limit.subject.kind,
  subjectId,
  account: limit.subject.account,
  from: startsAt,
  until: endsAt,
  ofModels: limit.models !== undefined,
  liveKeysOnly: limit.liveKeysOnly,
})

const standingOf = (budget: Budget, parts: SpentParts | undefined) => ({
  spent: picoUsd((parts?.charged ?? 0n) + (parts?.before ?? withoutNaming(budget, parts?.window))),
  held: picoUsd(parts?.held ?? 0n),
})

/** What a budget's window had spent in rows that do not say that they count in it. */
function withoutNaming({ applied: { limit } }: Budget, window: WindowParts | undefined): bigint {
  const { models } = limit
  const counts = (model: string | undefined): boolean =>
    models === undefined || (model !== undefined && matchesGlob(models, model))
  const all = (window?.all ?? []).reduce((sum, [model, charge]) => (counts(model) ? sum + charge : sum), 0n)
  return all - (window?.naming ?? 0n)
}

/** Amounts are pico-dollars on both sides. */
const replyOf = (answer: Exclude<LeaseAnswer, { unknown: unknown }>): LeaseReply => ({
  owner: answer.owner,
  has: answer.has.map((lease) => ({
    ...lease,
    granted: picoUsd(lease.granted),
    recalled: picoUsd(lease.recalled),
  })),
  shortages: answer.shortages.map((shortages) =>
    shortages?.map(({ budgetId, room, holders }) => ({
      budgetId,
      room: picoUsd(room),
      holders: holders.map((holder) => ({ ...holder, left: picoUsd(holder.left) })),
    })),
  ),
})
