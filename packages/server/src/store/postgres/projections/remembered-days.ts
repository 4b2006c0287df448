import { HOURS_OF_DAY } from '../../projections/batch.ts'
import { statement, type Session } from '../session.ts'

/** How many rows are remembered, of some 100 bytes each. */
const MOST_ROWS = 50_000
/** Of how many questions it is remembered that they have more rows than that. */
const MOST_WIDE = 1000

/** Sums to be read from a table of them. */
export interface AskedSums {
  readonly table: string
  /** Its column of time, and how many of these make a day. */
  readonly time: 'hour' | 'day'
  readonly ofDay: number
  /** What the groups are made of, as SQL. */
  readonly groups: readonly string[]
  readonly sums: readonly string[]
  /** Columns, and which number they have to have. */
  readonly filter: readonly (readonly [column: string, value: number])[]
  /** From one time to before another. */
  readonly from: number
  readonly until: number
}

/** The values of a group, then its sums. */
export type SumsRow = readonly number[]

type ReadSession = Pick<Session, 'run'>

/** What was read of one day, or of the part of it that was asked for. */
interface Part {
  /** Of which moment: how many requests the day had, and how often all sums had been made anew. */
  readonly version: string
  readonly rows: readonly SumsRow[]
}

interface Wanted {
  readonly place: string
  readonly day: number
  readonly version: string
}

const VERSIONS = statement(`
  SELECT ${dayOf('hour', HOURS_OF_DAY)} AS day, sum(requests) AS requests, (SELECT generation FROM projection) AS generation
  FROM usage_hour_count WHERE hour >= $1 AND hour < $2 GROUP BY 1 ORDER BY 1`)

/**
 * Reads sums, and remembers them by the day: of a month that somebody looks at again and again only the days are read anew that have got more
 * requests. What is asked for has to be of one moment.
 */
export class RememberedDays {
  /** By the question and the part of the day; what was used last stands last. */
  readonly #parts = new Map<string, Part>()
  #size = 0
  /** Questions that have too many rows to be remembered. */
  readonly #wide = new Set<string>()

  /** The groups of a day are together; one that is in several days is there once for each. */
  async read(session: ReadSession, asked: AskedSums): Promise<SumsRow[]> {
    const question = JSON.stringify([asked.table, asked.groups, asked.sums, asked.filter])
    if (this.#wide.has(question)) return select(session, asked)
    const wanted = await wantedDays(session, asked, question)
    const missing = wanted.filter(({ place, version }) => this.#parts.get(place)?.version !== version)
    const read = await readDays(session, asked, missing)
    if (read === undefined) {
      this.#noteWide(question)
      return select(session, asked)
    }
    const rows: SumsRow[] = []
    for (const { place, day, version } of wanted) {
      const there = this.#parts.get(place)
      const part = there?.version === version ? there : { version, rows: read.get(day) ?? [] }
      this.#use(place, part)
      for (const row of part.rows) rows.push(row)
    }
    this.#forgetOldest()
    return rows
  }

  #use(place: string, part: Part): void {
    this.#size += weightOf(part) - weightOf(this.#parts.get(place))
    this.#parts.delete(place)
    this.#parts.set(place, part)
  }

  #forgetOldest(): void {
    for (const [place, part] of this.#parts) {
      if (this.#size <= MOST_ROWS) return
      this.#size -= weightOf(part)
      this.#parts.delete(place)
    }
  }

  #noteWide(question: string): void {
    if (this.#wide.size >= MOST_WIDE) this.#wide.clear()
    this.#wide.add(question)
  }
}

/** A day without any rows takes room as well. */
const weightOf = (part: Part | undefined): number => (part === undefined ? 0 : part.rows.length + 1)

async function wantedDays(session: ReadSession, asked: AskedSums, question: string): Promise<Wanted[]> {
  const hoursOf = HOURS_OF_DAY / asked.ofDay
  const { rows } = await session.run(VERSIONS, [bounded(asked.from * hoursOf), bounded(asked.until * hoursOf)])
  return rows.map((row) => {
    const day = Number(row['day'])
    const from = Math.max(asked.from, day * asked.ofDay)
    const until = Math.min(asked.until, (day + 1) * asked.ofDay)
    return {
      place: `${question} ${from} ${until}`,
      day,
      version: `${String(row['generation'])} ${String(row['requests'])}`,
    }
  })
}

/** @returns the rows of each day; `undefined` when they are more than are remembered. */
async function readDays(
  session: ReadSession,
  asked: AskedSums,
  missing: readonly Wanted[],
): Promise<ReadonlyMap<number, readonly SumsRow[]> | undefined> {
  const found = new Map<number, SumsRow[]>()
  const [first, last] = [missing.at(0)?.day, missing.at(-1)?.day]
  if (first === undefined || last === undefined) return found
  const from = Math.max(asked.from, first * asked.ofDay)
  const until = Math.min(asked.until, (last + 1) * asked.ofDay)
  const day = dayOf(asked.time, asked.ofDay)
  const rows = await select(session, { ...asked, from, until, groups: [day, ...asked.groups] }, MOST_ROWS + 1)
  if (rows.length > MOST_ROWS) return undefined
  for (const [of = 0, ...row] of rows) {
    const ofDay = found.get(of)
    if (ofDay === undefined) found.set(of, [row])
    else ofDay.push(row)
  }
  return found
}

async function select(session: ReadSession, asked: AskedSums, most?: number): Promise<SumsRow[]> {
  const { table, time, groups, sums, filter, from, until } = asked
  const read = [...groups.map((group) => `(${group})::float8`), ...sums].map((value, index) => `${value} AS c${index}`)
  const { rows } = await session.run(
    statement(`
      SELECT ${read.join(', ')} FROM ${table} WHERE ${time} >= $1 AND ${time} < $2
        ${filter.map(([column], index) => `AND ${column} = $${index + 3}`).join(' ')}
      GROUP BY ${groups.map((_, index) => index + 1).join(', ')}
      ${most === undefined ? '' : `LIMIT ${most}`}`),
    [bounded(from), bounded(until), ...filter.map(([, value]) => value)],
  )
  return rows.map((row) => Object.values(row).map(Number))
}

/** Rounded down, before 1970 too. */
export function dayOf(time: 'hour' | 'day', ofDay: number): string {
  return ofDay === 1 ? time : `(${time} - ((${time} % ${ofDay}) + ${ofDay}) % ${ofDay}) / ${ofDay}`
}

const bounded = (time: number): number => Math.min(Math.max(time, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER)
