import type { KeptBudget, KeptLease } from '../leases/kept-budget.ts'
import { Refusal } from './postgres-failure.ts'
import { statement, type Row, type Session } from './session.ts'

/** In one order, whoever takes them: else two could wait for each other. */
const TAKE = statement('SELECT * FROM budget WHERE id = ANY ($1) ORDER BY number FOR UPDATE')
const LEASES = statement('SELECT * FROM lease WHERE budget = ANY ($1::bigint[])')
const MAKE = statement(`
  INSERT INTO budget (id, cap_pico, revision, before_pico, before_is_final, spent_pico) VALUES ($1, $2, $3, $4, $5, 0)
  ON CONFLICT (id) DO NOTHING RETURNING number`)
/** All of it in one statement: others wait for these rows meanwhile. */
const WRITE = statement(`
  WITH written AS (
    UPDATE budget SET cap_pico = b.cap, revision = b.revision, before_pico = b.before, before_is_final = b.is_final, spent_pico = b.spent
    FROM unnest($1::bigint[], $2::numeric[], $3::bigint[], $4::numeric[], $5::boolean[], $6::numeric[])
      AS b (number, cap, revision, before, is_final, spent)
    WHERE budget.number = b.number
  ), dropped AS (
    DELETE FROM lease WHERE owner = $7 AND budget = ANY ($8::bigint[])
  )
  INSERT INTO lease (owner, budget, granted_pico, held_pico, charged_pico, grants)
  SELECT $7, * FROM unnest($9::bigint[], $10::numeric[], $11::numeric[], $12::numeric[], $13::bigint[])
  ON CONFLICT (budget, owner) DO UPDATE SET granted_pico = excluded.granted_pico, held_pico = excluded.held_pico,
    charged_pico = excluded.charged_pico, grants = excluded.grants`)

/** The tables of budgets and leases, within a transaction. */
export interface KeptBudgets {
  /** Reads budgets for this transaction alone, in the order of their ids; `undefined` where there is none. */
  take(ids: readonly string[]): Promise<(KeptBudget | undefined)[]>
  /** A budget that was not there gets a number. @throws Refusal `locked` when somebody else makes it at the same time. */
  make(budget: Omit<KeptBudget, 'number' | 'spent' | 'leases'>): Promise<KeptBudget>
  /** Writes down budgets, and what this owner has of them. */
  write(budgets: readonly KeptBudget[], owner: number): Promise<void>
}

export function keptBudgets(session: Session): KeptBudgets {
  return {
    async take(ids) {
      const { rows } = await session.run(TAKE, [ids])
      const leases =
        rows.length === 0 ? [] : (await session.run(LEASES, [rows.map(({ number }) => String(number))])).rows
      const budgets = new Map(rows.map((row) => [String(row['id']), budgetOf(row, leases)]))
      return ids.map((id) => budgets.get(id))
    },
    async make(budget) {
      const { id, cap, revision, before, isFinal } = budget
      const { rows } = await session.run(MAKE, [id, cap, revision, before, isFinal])
      if (rows[0] === undefined) throw new Repeated(`another has just made the budget ${id}`)
      return { ...budget, number: Number(rows[0]['number']), spent: 0n, leases: new Map() }
    },
    async write(budgets, owner) {
      if (budgets.length === 0) return
      const column = (of: (budget: KeptBudget) => string | number | bigint | boolean) =>
        budgets.map((one) => String(of(one)))
      const leased = budgets.flatMap(({ number, leases }) => {
        const lease = leases.get(owner)
        return lease === undefined ? [] : [{ number, ...lease }]
      })
      const leaseColumn = (of: (lease: (typeof leased)[number]) => number | bigint) =>
        leased.map((one) => String(of(one)))
      await session.run(WRITE, [
        column(({ number }) => number),
        column(({ cap }) => cap),
        column(({ revision }) => revision),
        column(({ before }) => before),
        column(({ isFinal }) => isFinal),
        column(({ spent }) => spent),
        owner,
        budgets.filter(({ leases }) => !leases.has(owner)).map(({ number }) => String(number)),
        leaseColumn(({ number }) => number),
        leaseColumn(({ granted }) => granted),
        leaseColumn(({ held }) => held),
        leaseColumn(({ charged }) => charged),
        leaseColumn(({ grants }) => grants),
      ])
    },
  }
}

/** The transaction is carried out again, and sees what is there then. */
class Repeated extends Refusal {
  /** serialization_failure */
  readonly code = '40001'

  constructor(detail: string) {
    super('locked', detail)
  }
}

function budgetOf(row: Row, leases: readonly Row[]): KeptBudget {
  const own = leases.filter(({ budget }) => budget === row['number'])
  return {
    id: String(row['id']),
    number: Number(row['number']),
    cap: amountOf(row['cap_pico']),
    revision: Number(row['revision']),
    before: amountOf(row['before_pico']),
    isFinal: row['before_is_final'] === true,
    spent: amountOf(row['spent_pico']),
    leases: new Map(own.map((lease) => [Number(lease['owner']), leaseOf(lease)])),
  }
}

const leaseOf = (row: Row): KeptLease => ({
  granted: amountOf(row['granted_pico']),
  held: amountOf(row['held_pico']),
  charged: amountOf(row['charged_pico']),
  grants: Number(row['grants']),
})

/** `numeric` without a fraction comes as its digits. */
const amountOf = (value: unknown): bigint => BigInt(String(value))
