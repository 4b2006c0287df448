import { rateCounting, type CountedEntry, type RateKind } from '@speka/core/internal'

/** What stands at the head of a journal. */
export interface JournalHead {
  /** The start of the machine in which it was written: its times count from there. */
  readonly boot: string
  /** When it was begun, by the machine's clock and by the wall's, in ms. */
  readonly at: number
  readonly wall: number
  /** Until when every minute counts as full, since an earlier start of the machine may have counted what was lost. */
  readonly fullUntil: number
}

/** A journal as it was read. */
export interface ReadJournal {
  readonly head: JournalHead
  readonly entries: readonly CountedEntry[]
}

const FORMAT = 'speka rates 1'

export const headLine = (head: JournalHead): string => `${FORMAT} ${JSON.stringify(head)}\n`

/** @param isCopy whether it only repeats what an older journal has. */
export const entryLine = ({ kind, place, at, amount }: CountedEntry, isCopy = false): string =>
  `${isCopy ? '=' : ''}${kind} ${at} ${amount} ${JSON.stringify(place)}\n`

/**
 * Reads a journal. A line that is torn is left out: it was never used.
 *
 * @param withCopies whether what repeats an older journal counts: it does once that one is gone.
 * @returns `undefined` for a file that is none.
 */
export function readJournal(text: string, withCopies: boolean): ReadJournal | undefined {
  const lines = text.split('\n')
  const head = headOf(lines[0] ?? '')
  if (head === undefined) return undefined
  // What is behind the last line break is empty, or torn.
  const entries = lines.slice(1, -1).map((line) => entryOf(line, withCopies))
  return { head, entries: entries.filter((entry) => entry !== undefined) }
}

function headOf(line: string): JournalHead | undefined {
  if (!line.startsWith(`${FORMAT} `)) return undefined
  const told = parsed(line.slice(FORMAT.length + 1)) as Partial<JournalHead> | undefined
  const { boot, at, wall, fullUntil } = told ?? {}
  if (typeof boot !== 'string' || !isNumber(at) || !isNumber(wall)) return undefined
  return { boot, at, wall, fullUntil: isNumber(fullUntil) ? fullUntil : 0 }
}

const ENTRY = /^(=?)([a-z_]+) (-?[\d.]+(?:e-?\d+)?) (-?\d+) (".*")$/

function entryOf(line: string, withCopies: boolean): CountedEntry | undefined {
  const [, copy, kind = '', at, amount, place = ''] = ENTRY.exec(line) ?? []
  const name = parsed(place)
  if ((copy === '=' && !withCopies) || !isCounted(kind) || typeof name !== 'string') return undefined
  return { kind, place: name, at: Number(at), amount: Number(amount) }
}

const isCounted = (kind: string): kind is RateKind => Object.hasOwn(rateCounting, kind)

const isNumber = (value: unknown): value is number => Number.isFinite(value)

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
