import type { LabelSets } from '../../projections/label-sets.ts'
import type { LabelSet } from '../../registry.ts'
import { statement, type Session } from '../session.ts'
import type { KnownTexts } from './known-texts.ts'
import type { RememberedDays } from './remembered-days.ts'

/** What questions are answered with: everything of one moment. */
export interface Readers {
  /** In a transaction that reads. */
  readonly session: Pick<Session, 'run'>
  readonly texts: KnownTexts
  readonly labels: KnownLabels
  readonly days: RememberedDays
}

/** Label sets by their numbers. One never changes, so each is read once. */
export interface KnownLabels {
  of(session: Pick<Session, 'run'>, ids: Iterable<number>): Promise<LabelSets>
}

const LABELS = statement('SELECT id, labels FROM label_set WHERE id = ANY ($1)')

const NONE: LabelSet = {}

export function knownLabels(): KnownLabels {
  const known = new Map<number, LabelSet>()
  return {
    async of(session, ids) {
      const missing = [...new Set(ids)].filter((id) => id !== 0 && !known.has(id))
      if (missing.length > 0) {
        const { rows } = await session.run(LABELS, [missing])
        for (const { id, labels } of rows) known.set(Number(id), JSON.parse(String(labels)) as LabelSet)
      }
      return (id) => known.get(id) ?? NONE
    },
  }
}

/** The number of a text, or `undefined` when nothing has ever been called so. */
export const numberOf = async ({ session, texts }: Readers, text: string): Promise<number | undefined> =>
  (await texts.find(session, [text])).get(text)
