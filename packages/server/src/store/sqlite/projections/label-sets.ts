import type { DatabaseSync } from 'node:sqlite'

/** What an account has put on a key. */
export interface LabelSet {
  readonly team?: string | undefined
  readonly environment?: string | undefined
  readonly member?: string | undefined
  readonly tags?: readonly string[] | undefined
}

/** The labels that stand behind the number in a row. */
export type LabelSets = (id: number) => LabelSet

const NONE: LabelSet = {}

/** Reads label sets of the ledger's file. One never changes, so each is read once. */
export function labelSets(ledger: DatabaseSync): LabelSets {
  const known = new Map<number, LabelSet>()
  return (id) => {
    if (id === 0) return NONE
    let labels = known.get(id)
    if (labels === undefined) {
      // Prepared when it is needed: an old file has none of it.
      const row = ledger.prepare('SELECT labels FROM label_set WHERE id = ?').get(id)
      if (row === undefined) return NONE
      labels = JSON.parse(String(row['labels'])) as LabelSet
      known.set(id, labels)
    }
    return labels
  }
}
