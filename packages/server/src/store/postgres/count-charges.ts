import { statement, type Session } from './session.ts'

/**
 * What the rows charged that are not counted yet, by owner and budget, of the borrowers in `uncounted`. The numbers of budgets are found in a
 * record's text as `encodeRecord` writes them (in a text of the caller's the quotes would be escaped): as JSON PostgreSQL cannot read every
 * record, since it has no NUL and no half of a pair.
 */
export const CHARGED = `SELECT usage_record.owner, named.budget, sum(usage_record.charge_pico) AS amount
    FROM uncounted JOIN usage_record
      ON usage_record.owner = uncounted.owner AND usage_record.n > uncounted.after AND usage_record.n <= uncounted.up_to
    CROSS JOIN LATERAL (
      SELECT DISTINCT number::bigint AS budget
      FROM unnest(string_to_array(substring(usage_record.record FROM '"budgets":\\[([0-9,]+)\\]'), ',')) AS number
    ) AS named
    WHERE usage_record.charge_pico > 0 AND NOT usage_record.is_late
    GROUP BY 1, 2`

/**
 * Counts what rows charged that are not counted yet, in the leases of their owners, or as spent where an owner has none. Each row is read
 * once, whoever asks first.
 *
 * @param which a condition on `borrower`.
 */
const count = (which: string, lock: string): string => `
  WITH uncounted AS MATERIALIZED (
    SELECT borrower.owner, borrower.counted_n AS after, owner.last_n AS up_to
    FROM borrower JOIN owner ON owner.id = borrower.owner
    WHERE ${which} AND borrower.counted_n < owner.last_n
    ORDER BY borrower.owner ${lock}
  ), charged AS MATERIALIZED (
    ${CHARGED}
  ), leased AS (
    UPDATE lease SET charged_pico = charged_pico + charged.amount
    FROM charged WHERE lease.owner = charged.owner AND lease.budget = charged.budget
    RETURNING lease.owner, lease.budget
  ), spent AS (
    UPDATE budget SET spent_pico = spent_pico + unleased.amount
    FROM (
      SELECT charged.budget, sum(charged.amount) AS amount FROM charged
      WHERE NOT EXISTS (SELECT FROM lease WHERE lease.owner = charged.owner AND lease.budget = charged.budget)
      GROUP BY 1
    ) AS unleased
    WHERE budget.number = unleased.budget
  )
  UPDATE borrower SET counted_n = uncounted.up_to FROM uncounted WHERE borrower.owner = uncounted.owner`

const COUNT_ALIVE = statement(count(`owner.state = 'alive'`, 'FOR UPDATE OF borrower SKIP LOCKED'))
const COUNT_ONE = statement(count('borrower.owner = $1', 'FOR UPDATE OF borrower'))

/** Counts the rows of everybody who is alive, but for those whose own call does so at this moment: two would wait for each other. */
export const countCharges = async (session: Session): Promise<void> => void (await session.run(COUNT_ALIVE))

/** Counts the rows of one owner, alive or not. */
export const countChargesOf = async (session: Session, owner: number): Promise<void> =>
  void (await session.run(COUNT_ONE, [owner]))
