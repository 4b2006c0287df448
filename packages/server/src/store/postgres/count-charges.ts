import { statement, type Session } from './session.ts'

/**
 * Counts what rows charged that are not counted yet, in the leases of their owners, or as spent where an owner has none. Each row is read
 * once, whoever asks first. The numbers of budgets are found in its text as `encodeRecord` writes them (in a text of the caller's the quotes
 * would be escaped): as JSON PostgreSQL cannot read every record, since it has no NUL and no half of a pair.
 *
 * @param which a condition on `borrower`.
 */
const count = (which: string): string => `
  WITH uncounted AS MATERIALIZED (
    SELECT borrower.owner, borrower.counted_n AS after, owner.last_n AS up_to
    FROM borrower JOIN owner ON owner.id = borrower.owner
    WHERE ${which} AND borrower.counted_n < owner.last_n
    ORDER BY borrower.owner FOR UPDATE OF borrower
  ), charged AS MATERIALIZED (
    SELECT usage_record.owner, named.budget, sum(usage_record.charge_pico) AS amount
    FROM uncounted JOIN usage_record
      ON usage_record.owner = uncounted.owner AND usage_record.n > uncounted.after AND usage_record.n <= uncounted.up_to
    CROSS JOIN LATERAL (
      SELECT DISTINCT number::bigint AS budget
      FROM unnest(string_to_array(substring(usage_record.record FROM '"budgets":\\[([0-9,]+)\\]'), ',')) AS number
    ) AS named
    WHERE usage_record.charge_pico > 0 AND NOT usage_record.is_late
    GROUP BY 1, 2
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

const COUNT_ALIVE = statement(count(`owner.state = 'alive'`))
const COUNT_ONE = statement(count('borrower.owner = $1'))

/** Counts the rows of everybody who is alive. */
export const countCharges = async (session: Session): Promise<void> => void (await session.run(COUNT_ALIVE))

/** Counts the rows of one owner, alive or not. */
export const countChargesOf = async (session: Session, owner: number): Promise<void> =>
  void (await session.run(COUNT_ONE, [owner]))
