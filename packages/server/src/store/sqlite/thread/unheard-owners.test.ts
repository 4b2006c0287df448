import { DatabaseSync } from 'node:sqlite'
import { migrate } from './migrations.ts'
import { pidSpace } from '../../own-process.ts'
import { UNHEARD_MS, unheardOwners } from './unheard-owners.ts'

/** An owner in the pid space given, heard of once. */
function watched(process: string) {
  const db = new DatabaseSync(':memory:')
  migrate(db)
  const insert = `INSERT INTO owner (id, started_at, boot_id, pid, process, state, heard_at) VALUES (?, 1, 'boot', 9, ?, 'alive', 1)`
  db.prepare(insert).run(1, process)
  db.exec('INSERT INTO lease VALUES (1, 1, 5, 0, 0, 1)')
  let time = 50
  const unheard = unheardOwners(db, () => time)
  return { db, look: (after: number) => unheard((time += after) && 2) }
}

const elsewhere = 'pid:[1] 77'
const ended = [{ id: 1, how: 'unheard' }]

test('one in another container that holds money and is not heard of is given up after 135 s of watching', () => {
  const { look } = watched(elsewhere)
  expect(look(10_000_000)).toEqual([])
  expect(look(UNHEARD_MS - 1)).toEqual([])
  expect(look(1)).toEqual(ended)
})

test('who is heard of in time is not given up', () => {
  const { db, look } = watched(elsewhere)
  look(1)
  look(UNHEARD_MS - 1)
  db.exec('UPDATE owner SET heard_at = heard_at + 1')
  expect(look(1)).toEqual([])
  expect(look(UNHEARD_MS - 1)).toEqual([])
  expect(look(1)).toEqual(ended)
})

test('who holds nothing, or can be looked at from here, is never given up for its silence', () => {
  const here = watched(`${pidSpace()} 77`)
  here.look(1)
  expect(here.look(UNHEARD_MS)).toEqual([])
  const without = watched(elsewhere)
  without.db.exec('DELETE FROM lease')
  without.look(1)
  expect(without.look(UNHEARD_MS)).toEqual([])
})
