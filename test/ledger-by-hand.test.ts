import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { usageRecord } from '../packages/server/src/store/__fixtures__/usage-record.ts'
import { storeIn } from '../packages/server/src/store/open-store.ts'
import { runSpeka } from './support/run-speka.ts'

/** The place of the third row of the first owner. */
const THIRD = 2 ** 40 + 3

describe('a ledger that somebody has written to with a database shell', () => {
  test.each([
    [
      'a charge',
      `UPDATE usage_record SET charge_pico = 1 WHERE place = ${THIRD}`,
      /charge_pico is 50, the records say 41/,
    ],
    ['a time', `UPDATE usage_record SET created_at = 0 WHERE place = ${THIRD}`, /requests is 5, the records say 4/],
    [
      'an account',
      `UPDATE usage_record SET account = 'mine' WHERE place = ${THIRD}`,
      /requests is 5, the records say 4/,
    ],
    ['a record', `UPDATE usage_record SET record = '{' WHERE place = ${THIRD}`, /Sums were not looked at/],
  ])('has the row named in which %s was changed', async (_, statement, sums) => {
    const { data, ids } = await ledgerOf(5)
    byHand(data, statement)
    const { code, out, error } = await ledger(data, 'verify')
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(error).toContain(`Row 3 of owner 1, request ${ids[2]}, is not as it was written`)
    expect(error).not.toContain(String(ids[1]))
    expect(error).toContain('compare with a backup')
    expect(error).toMatch(sums)
    expect(JSON.parse((await ledger(data, 'verify', '--json')).out)).toMatchObject({
      intact: false,
      rows: 5,
      problems: expect.arrayContaining([expect.objectContaining({ problem: 'changed', owner: 1, n: 3, id: ids[2] })]),
    })
  })

  test.each([
    [
      'in the middle',
      `DELETE FROM usage_record WHERE place = ${THIRD}`,
      /Row 4 of owner 1, .* 1 between them are missing/,
    ],
    [
      'at the end',
      `DELETE FROM usage_record WHERE place > ${THIRD}`,
      /Owner 1 had 5 rows when it ended: 2 after row 3/,
    ],
    ['altogether', 'DELETE FROM usage_record', /Owner 1 had 5 rows when it ended: 5 after row 0/],
  ])('has what is missing %s named, and sums of what there is', async (_, statement, message) => {
    const { data } = await ledgerOf(5)
    byHand(data, statement)
    const { code, error } = await ledger(data, 'verify')
    expect(code).toBe(1)
    expect(error).toMatch(message)
    expect(await ledger(data, 'rebuild')).toMatchObject({ code: 0 })
    const left = Number(rowsIn(data))
    const usage = await runSpeka('usage --by account --json', { SPEKA_DATA_DIR: data })
    expect(usage).toMatchObject({ code: 0, error: '' })
    expect(JSON.parse(usage.out)).toEqual(
      left === 0 ? [] : [expect.objectContaining({ account: 'default', requests: left })],
    )
  })
})

const ledger = (data: string, ...args: string[]) => runSpeka(['ledger', ...args], { SPEKA_DATA_DIR: data })

/** A closed ledger of one owner whose rows cost 8, 9, 10 … pico-dollars, already added up. */
async function ledgerOf(rows: number): Promise<{ data: string; ids: string[] }> {
  const data = mkdtempSync(join(tmpdir(), 'speka-by-hand-'))
  const store = await storeIn(data).open()
  const records = Array.from({ length: rows }, (_, index) => usageRecord({ charge: BigInt(8 + index) }))
  for (const record of records) await store.ledger.settle(record)
  await store.ledger.totals({ by: 'key' })
  await store.close()
  return { data, ids: records.map(({ id }) => id) }
}

function byHand(data: string, statement: string): void {
  const db = new DatabaseSync(join(data, 'speka.sqlite'))
  db.exec('DROP TRIGGER usage_record_is_never_changed; DROP TRIGGER usage_record_is_never_deleted')
  db.exec(statement)
  db.close()
}

function rowsIn(data: string): unknown {
  const db = new DatabaseSync(join(data, 'speka.sqlite'), { readOnly: true })
  const { rows } = { ...db.prepare('SELECT count(*) AS rows FROM usage_record').get() }
  db.close()
  return rows
}
