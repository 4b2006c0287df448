import type { Database } from '../database.ts'
import { sumTables } from './sum-tables.ts'

/**
 * Takes everything out of the sums, for all of it to be folded again. Texts keep their numbers, which everybody remembers. Rows are deleted,
 * since whoever reads at this moment would find a table that is emptied otherwise empty at once.
 */
export const takeAllOut = (database: Database): Promise<void> =>
  database.transact((session) =>
    session.script(`
      LOCK TABLE place IN EXCLUSIVE MODE;
      ${[...sumTables.map(({ name }) => name), 'request_index'].map((name) => `DELETE FROM ${name}`).join(';\n')};
      UPDATE place SET n = 0, is_merged = (owner = 0);
      UPDATE projection SET generation = generation + 1`),
  )
