import { chmodSync, readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/**
 * Makes a database file as the first version of the tables had it, and as the code of then filled it.
 *
 * @param copies how often each of its four rows is there once more, under other ids: 250,000 make a large ledger.
 */
export function makeVersion1File(path: string, copies = 0): void {
  const db = new DatabaseSync(path)
  db.exec('PRAGMA journal_mode = WAL')
  db.exec(readFileSync(new URL('./version-1.sql', import.meta.url), 'utf8'))
  db.exec(`
    WITH RECURSIVE copy(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM copy WHERE i < ${copies})
    INSERT INTO ledger
    SELECT substr(id, 1, 24) || printf('%012x', 16 + i * 4 + ledger.rowid), key_id, created_at + i, upstream_id || '-' || i,
      model, outcome, input_tokens, cached_input_tokens, output_tokens, charge_pico, details
    FROM copy, ledger WHERE ${copies} > 0 ORDER BY i`)
  db.close()
  chmodSync(path, 0o600)
}
