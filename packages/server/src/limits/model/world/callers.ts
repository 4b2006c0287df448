import type { RequestId } from '../rules/messages.ts'
import type { Claim, News, Outcome, RunningOwner } from '../rules/seams.ts'
import type { Oracle } from './oracle.ts'
import type { RequestPlan } from './schedule.ts'
import type { Timeline } from './timeline.ts'

interface Call {
  readonly plan: RequestPlan
  readonly owner: RunningOwner
  /** Does something in the process, if it is still there. */
  readonly within: (act: () => void) => void
}

/** Requests from their arrival to their end, and the upstreams that answer them. */
export class Callers {
  readonly outcomes = new Map<RequestId, Outcome['kind']>()
  readonly #timeline: Timeline
  readonly #oracle: Oracle
  readonly #calls = new Map<RequestId, Call>()

  constructor(timeline: Timeline, oracle: Oracle) {
    this.#timeline = timeline
    this.#oracle = oracle
  }

  send(plan: RequestPlan, owner: RunningOwner, within: (act: () => void) => void): void {
    this.#calls.set(plan.id, { plan, owner, within })
    owner.admit({ request: plan.id, budgets: plan.budgets, amount: plan.hold, grows: false })
    if (plan.patience !== undefined && !this.outcomes.has(plan.id)) {
      this.#timeline.after(plan.patience, () =>
        within(() => {
          if (this.outcomes.has(plan.id)) return
          this.outcomes.set(plan.id, 'unknown')
          owner.cancel(plan.id)
        }),
      )
    }
  }

  heard(news: News): void {
    if (news.kind !== 'outcome') return
    const { claim, outcome } = news
    const call = this.#calls.get(claim.request)
    if (!claim.grows) this.outcomes.set(claim.request, outcome.kind)
    if (call === undefined) return
    if (claim.grows) this.#later(call, () => this.#end(call, outcome.kind === 'admitted' ? call.plan.grows : 0))
    else if (outcome.kind === 'admitted') this.#later(call, () => this.#answer(call, claim))
  }

  #answer(call: Call, claim: Claim): void {
    const { grows, charge } = call.plan
    if (grows === 0 || charge === undefined) return this.#end(call, 0)
    call.owner.admit({ ...claim, amount: grows, grows: true })
  }

  #end({ plan, owner }: Call, grown: number): void {
    if (plan.charge === undefined) {
      this.#oracle.truth.freed(owner.id, plan.id)
      owner.release(plan.id)
      return
    }
    const charge = plan.charge + grown
    this.#oracle.truth.charged(owner.id, plan.id, charge)
    owner.settle(plan.id, charge)
  }

  #later(call: Call, act: () => void): void {
    this.#timeline.after(call.plan.lasts, () => call.within(act))
  }
}
