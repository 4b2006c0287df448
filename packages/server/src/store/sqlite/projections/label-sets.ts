import type { DatabaseSync } from 'node:sqlite'
import type { LabelSets } from '../../projections/label-sets.ts'
import type { LabelSet } from '../../registry.ts'

const NONE: LabelSet = {}

/** Reads label sets of the ledger's file. One never changes, so each is read once. */
export function labelSets(ledger: DatabaseSync): LabelSets {
  const select = ledger.prepare('SELECT labels FROM label_set WHERE id = ?')
  const known = new Map<number, LabelSet>()
  return (id) => {
    if (id === 0) return NONE
    let labels = known.get(id)
    if (labels === undefined) {
      const row = select.get(id)
      if (row === undefined) return NONE
      labels = JSON.parse(String(row['labels'])) as LabelSet
      known.set(id, labels)
    }
    return labels
  }
}
