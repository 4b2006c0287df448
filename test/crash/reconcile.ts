import type { SeenAnswer } from './clients.ts'
import { answerOf } from './counting-upstream.ts'
import type { LedgerRow } from './look-at-ledger.ts'

/** In pico-dollars a token: 1 and 2 dollars the million. */
const PRICE = { input: 1_000_000, output: 2_000_000 } as const

/** What does not fit together in the books of the clients, the upstream and the ledger. */
export interface Reconciled {
  /** Seen whole by a client, and not in the ledger. */
  readonly lost: readonly string[]
  /** In the ledger twice, as the same request or as the same answer of the upstream. */
  readonly doubled: readonly string[]
  /** In the ledger otherwise than the client or the upstream has it: its counts, its charge, how it ended. */
  readonly wrong: readonly string[]
  /** Numbers that are missing between the rows of one owner. */
  readonly gaps: readonly string[]
  /** Whole in the ledger, and no client has seen the end of it: the kill came between the two. */
  readonly unseen: number
}

/** Holds the three books to each other. */
export function reconcile(
  seen: readonly SeenAnswer[],
  said: ReadonlySet<string>,
  rows: readonly LedgerRow[],
): Reconciled {
  const byId = new Map(rows.map((row) => [row.id, row]))
  const whole = rows.filter(({ outcome }) => outcome === 'complete')
  return {
    lost: seen.filter(({ id }) => !byId.has(id)).map(({ id }) => id),
    doubled: [
      ...repeated(rows.map(({ id }) => id)),
      ...repeated(whole.map(answerOf)),
      ...repeated(seen.map(({ id }) => id)),
    ],
    wrong: [
      ...seen.flatMap((answer) => differs(answer, byId.get(answer.id))),
      ...whole.flatMap((row) => strays(row, said)),
    ],
    gaps: gapsIn(rows),
    unseen: whole.length - seen.filter(({ id }) => byId.has(id)).length,
  }
}

function differs({ id, input, output }: SeenAnswer, row: LedgerRow | undefined): string[] {
  if (row === undefined) return []
  const charge = input * PRICE.input + output * PRICE.output
  const fits = row.outcome === 'complete' && row.input === input && row.output === output && row.charge === charge
  return fits ? [] : [`${id}: the client has ${input} + ${output} for ${charge}, the ledger ${JSON.stringify(row)}`]
}

function strays(row: LedgerRow, said: ReadonlySet<string>): string[] {
  return said.has(answerOf(row)) ? [] : [`${row.id}: the ledger has ${answerOf(row)}, which the upstream never said`]
}

function gapsIn(rows: readonly LedgerRow[]): string[] {
  const last = new Map<number, number>()
  const gaps: string[] = []
  for (const { owner, n } of rows) {
    const before = last.get(owner) ?? 0
    if (n !== before + 1) gaps.push(`owner ${owner}: ${n} after ${before}`)
    last.set(owner, n)
  }
  return gaps
}

function repeated(names: readonly string[]): string[] {
  const known = new Set<string>()
  return names.filter((name) => known.size === known.add(name).size)
}
