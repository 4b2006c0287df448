import { createRequire } from 'node:module'
import type * as Sqlite from 'node:sqlite'

/**
 * Loads SQLite once it is needed, and without a word: Node 22 tells whoever loads it that it is experimental, which is nothing
 * that who runs a gateway has asked.
 */
export function loadSqlite(): typeof Sqlite {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return createRequire(import.meta.url)('node:sqlite') as typeof Sqlite
  } finally {
    process.emitWarning = emitWarning
  }
}
