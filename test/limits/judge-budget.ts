import type { Ending } from './ask.ts'

/** One request on a budget, from outside. Amounts in pico-dollars, times in ms. */
export interface Spent {
  readonly sentAt: number
  readonly endedAt: number
  readonly ending: Ending
  /** What the ledger charged; `undefined`: it has no row of it, or one without a charge. */
  readonly charge: bigint | undefined
  /** What the upstream was owed by its own books. */
  readonly owed: bigint
  /**
   * The most that it can have held: a token for each byte that was sent, the most that upstreams add to a prompt, and all of the
   * answer that it may have. And the least that it could have been admitted with: with the little that they usually add.
   */
  readonly hold: bigint
  readonly least: bigint
}

/** How long what a request held may stay held behind its end as its client saw it, in ms. */
export type Lingering = Readonly<Record<'cut' | 'broken', number>>

/** What the cap was for a while, and the least that it was at any time around a request. */
export interface Lowered {
  readonly from: number
  readonly until: number
  readonly cap: bigint
}

export interface Budgeted {
  readonly cap: bigint
  /** What the ledger charged to it in all, rows included that no client has heard of. */
  readonly charged: bigint
  readonly lowered?: Lowered | undefined
}

export interface Judged {
  /**
   * By how much the ledger's charges exceed the cap, and by how much what the upstream was owed for answers does that went
   * through whole.
   */
  readonly overshoot: bigint
  readonly overshootOfTruth: bigint
  readonly charged: bigint
  readonly owed: bigint
  /** Refusals by 402 (and answers cut short) though the budget cannot have had too little, each with what was there. */
  readonly falseRefusals: readonly string[]
  /** Answers that were whole, and are charged otherwise than the upstream has them. */
  readonly wrong: readonly string[]
  readonly count: Readonly<Record<Ending, number>>
}

/**
 * Whether a budget was held, judged from outside alone.
 *
 * A refusal is false when it can be proved so: at no instant between the sending of the request and its refusal can what was
 * spent and what was held by others have come so near the cap that the least it could be admitted with did not fit. Spent can only be what those
 * were charged that were sent before it was refused; held, only what those can hold at the most that were under way at some
 * time between. A request that was refused holds nothing and is charged nothing. So the bound errs to the gateway's side
 * while much is under way, and is exact where one asks alone: which is why each run ends with some that do.
 */
export function judgeBudget(budgeted: Budgeted, spent: readonly Spent[], lingering: Lingering): Judged {
  const { cap, charged } = budgeted
  const owed = sum(spent.map((one) => one.owed))
  const owedWhole = sum(spent.filter(({ ending }) => ending === 'complete').map((one) => one.owed))
  const admitted = spent.filter(({ ending }) => !isRefusal(ending))
  const falseRefusals = spent.flatMap((one, index) => {
    if (one.ending !== 'refused' && one.ending !== 'exhausted') return []
    const left = capAround(budgeted, one) - mostUsedBeside(one, admitted, lingering)
    return left >= one.least ? [`request ${index}, ${one.ending}: ${left} was left, ${one.least} is enough`] : []
  })
  return {
    overshoot: atLeastNone(charged - cap),
    overshootOfTruth: atLeastNone(owedWhole - cap),
    charged,
    owed,
    falseRefusals,
    wrong: spent.flatMap(({ ending, charge, owed }, index) =>
      ending === 'complete' && charge !== owed ? [`request ${index}: charged ${charge}, the upstream has ${owed}`] : [],
    ),
    count: countOf(spent),
  }
}

/** The least cap that was in force at any time of a request. */
function capAround({ cap, lowered }: Budgeted, { sentAt, endedAt }: Spent): bigint {
  return lowered !== undefined && sentAt < lowered.until && endedAt > lowered.from ? lowered.cap : cap
}

const isRefusal = (ending: Ending): boolean => ending === 'refused' || ending === 'limited' || ending === 'unknown'

function mostUsedBeside(one: Spent, admitted: readonly Spent[], lingering: Lingering): bigint {
  let used = 0n
  for (const other of admitted) {
    if (other === one || other.sentAt >= one.endedAt) continue
    const { ending, hold } = other
    const left = ending === 'cut' || ending === 'broken'
    const charge = other.charge ?? (left ? hold : 0n)
    const freeAt = other.endedAt + (left ? lingering[ending] : 0)
    used += freeAt < one.sentAt || charge > hold ? charge : hold
  }
  return used
}

function countOf(spent: readonly Spent[]): Judged['count'] {
  const count = { complete: 0, refused: 0, limited: 0, unknown: 0, exhausted: 0, cut: 0, broken: 0, other: 0 }
  for (const { ending } of spent) count[ending] += 1
  return count
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n)

const atLeastNone = (amount: bigint): bigint => (amount > 0n ? amount : 0n)
