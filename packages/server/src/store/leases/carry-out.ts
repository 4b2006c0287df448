import type { KeptBudget } from './kept-budget.ts'
import { roomOf } from './kept-budget.ts'
import type { AnsweredHolder, LeaseAnswer, SentBudget, SentCall } from './lease-messages.ts'
import { grant, hear, isShort, noteHeld, type Borrower, type Spare } from './lend.ts'

/** What a lease call is carried out on, read and locked in its transaction. */
export interface LendingState extends Borrower {
  /** In the order of the call's budgets; `undefined`: nobody has wanted money of it. What is carried out changes them. */
  readonly budgets: readonly (KeptBudget | undefined)[]
  /** How often the store has heard of an owner. */
  readonly heardOf: (owner: number) => number
}

/** The budgets that a call wants money of, by their places in it. */
export const wantedIn = ({ wants }: SentCall): ReadonlySet<number> =>
  new Set(wants.flatMap(({ lacks }) => lacks.map(({ budget }) => budget)))

/** Those of the wanted of which it must be added up first what they had spent before rows named them. */
export function unknownIn(call: SentCall, budgets: readonly (KeptBudget | undefined)[]): string[] {
  const wanted = wantedIn(call)
  return call.budgets
    .filter((sent, index) => wanted.has(index) && needsBefore(sent, budgets[index]))
    .map(({ id }) => id)
}

function needsBefore({ before, isKnown }: SentBudget, budget: KeptBudget | undefined): boolean {
  if (budget === undefined) return before === undefined
  return !budget.isFinal && isKnown && before?.isFinal !== true
}

/** What a budget had spent before rows named it, as far as a call says. */
export const beforeOf = ({ before }: SentBudget): Pick<KeptBudget, 'before' | 'isFinal'> => ({
  before: before?.amount ?? 0n,
  isFinal: before?.isFinal ?? false,
})

/** Of two caps the one of the later revision is in force, and what is final stays as it is. */
export function note(budget: KeptBudget, sent: SentBudget): void {
  if (sent.revision > budget.revision) {
    budget.cap = sent.cap
    budget.revision = sent.revision
  }
  if (!budget.isFinal && sent.before?.isFinal === true) Object.assign(budget, beforeOf(sent))
}

/** Lends what a call wants, as far as there is, and says what its owner has then. */
export function carryOut(call: SentCall, state: LendingState): LeaseAnswer {
  const { budgets, owner } = state
  const debts = new Map<number, bigint>()
  for (const holding of call.has) {
    const budget = budgets[holding.budget]
    if (budget !== undefined) debts.set(holding.budget, hear(budget, owner, holding))
  }
  const wants = call.wants.map(({ lacks }) =>
    lacks.flatMap(({ budget: index, amount }) => {
      const budget = budgets[index]
      const debt = debts.get(index) ?? 0n
      return budget === undefined ? [] : [{ budget, amount, lack: amount > debt ? amount - debt : 0n }]
    }),
  )
  const spare: Spare = new Map()
  const granted = wants.map((lacks) => grant(lacks, state, spare))
  for (const holding of call.has) {
    const budget = budgets[holding.budget]
    if (budget !== undefined) noteHeld(budget, owner, holding)
  }
  return {
    owner,
    has: budgets.flatMap((budget) => (budget === undefined ? [] : leaseOf(budget, owner))),
    shortages: wants.map((lacks, index) =>
      granted[index] === true
        ? undefined
        : lacks
            .filter((lack) => isShort(lack, spare))
            .map(({ budget }) => ({
              budgetId: budget.id,
              room: roomOf(budget),
              holders: holdersOf(budget, state),
            })),
    ),
  }
}

const holdersOf = ({ leases }: KeptBudget, { owner, heardOf }: LendingState): AnsweredHolder[] =>
  [...leases].flatMap(([id, { granted, charged, grants }]) => {
    const left = granted - charged
    return id === owner || left <= 0n ? [] : [{ owner: id, left, grants, heard: heardOf(id) }]
  })

function leaseOf(budget: KeptBudget, owner: number) {
  const lease = budget.leases.get(owner)
  if (lease === undefined) return []
  const room = roomOf(budget)
  const { granted, grants } = lease
  return [{ budgetId: budget.id, budgetNumber: budget.number, granted, grants, recalled: room < 0n ? -room : 0n }]
}
