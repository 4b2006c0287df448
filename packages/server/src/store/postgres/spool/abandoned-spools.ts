import { readdir, rename, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { bootId, pidSpace, processMark } from '../../own-process.ts'
import { Refusal } from '../postgres-failure.ts'
import type { Session } from '../session.ts'
import { replayRows } from './replay-rows.ts'
import { isSpool, isTaken, isWrittenHere, readSpoolFile, takeSpool, writerOf, type SpoolWriter } from './spool-file.ts'

export interface AbandonedSpoolsOptions {
  readonly folder: string
  readonly session: Pick<Session, 'run'>
  /** Told of rows that cannot be put into the database, and why. */
  readonly onLoss: (why: string, rows: number) => void
  /** Told why a spool stays where it is. */
  readonly onTrouble: (error: unknown, path: string) => void
  /** In ms. Default: this process's. */
  readonly monotonic?: (() => number) | undefined
}

/** How many rows are replayed at once. */
const ROWS_AT_ONCE = 512

/** A spool whose process cannot be looked at from here belongs to nobody once it has not been touched for so long, in ms. */
const UNTOUCHED_MS = 10_000

/** By path, when it was modified, and since when it is known to be as it is now. */
type Seen = Map<string, { readonly modified: number; readonly since: number }>

/** Spools that others have left in the folder that this process shares with them. */
export class AbandonedSpools {
  readonly #options: AbandonedSpoolsOptions
  readonly #monotonic: () => number
  /** Of which it was told already why they stay. */
  readonly #told = new Set<string>()
  /** When each was seen first as it is now. */
  #seen: Seen = new Map()

  constructor(options: AbandonedSpoolsOptions) {
    this.#options = options
    this.#monotonic = options.monotonic ?? (() => performance.now())
  }

  /** Puts the rows of those whose process is gone into the database. @returns their owners, who may be retired now */
  async replay(): Promise<number[]> {
    const seen: Seen = new Map()
    const owners: number[] = []
    for (const path of await this.#paths()) {
      try {
        const writer = await writerOf(path)
        if (!(await this.#isLeft(path, writer, seen))) continue
        const owner = await this.#put(path, writer)
        if (owner !== undefined) owners.push(owner)
      } catch (error) {
        this.#tell(error, path)
      }
    }
    this.#seen = seen
    return owners
  }

  /**
   * Puts the rows of certain owners into the database, whether their processes live or not: whoever of them writes more is told
   * that it was not kept.
   *
   * @returns those of whom no spool is left here.
   */
  async replayOf(owners: readonly number[]): Promise<number[]> {
    const left = new Set<number>()
    for (const path of owners.length === 0 ? [] : await this.#paths()) {
      const writer = await writerOf(path).catch(() => undefined)
      if (writer === undefined || !owners.includes(writer.owner)) continue
      try {
        await this.#put(path, writer)
      } catch (error) {
        if (!isForeign(error)) left.add(writer.owner)
        this.#tell(error, path)
      }
    }
    return owners.filter((owner) => !left.has(owner))
  }

  async #paths(): Promise<string[]> {
    const { folder } = this.#options
    const names = await readdir(folder).catch(() => [])
    return names.filter(isSpool).map((name) => join(folder, name))
  }

  #tell(error: unknown, path: string): void {
    // Another process has put it into the database meanwhile.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || this.#told.has(path)) return
    this.#told.add(path)
    this.#options.onTrouble(error, path)
  }

  async #isLeft(path: string, writer: SpoolWriter | undefined, seen: Seen): Promise<boolean> {
    if (isTaken(path)) return true
    if (writer !== undefined && writer.bootId === bootId() && writer.process.startsWith(`${pidSpace()} `)) {
      if (processMark(writer.pid) !== writer.process) return true
      return writer.pid === process.pid && !isWrittenHere(path)
    }
    const modified = (await stat(path)).mtimeMs
    const before = this.#seen.get(path)
    const now = this.#monotonic()
    const since = before?.modified === modified ? before.since : now
    seen.set(path, { modified, since })
    return now - since >= UNTOUCHED_MS
  }

  /** @returns whose it was; `undefined`: nobody's that can be told */
  async #put(found: string, writer: SpoolWriter | undefined): Promise<number | undefined> {
    const { session, onLoss } = this.#options
    const path = await takeSpool(found)
    const { texts, damaged } = await readSpoolFile(path)
    if (writer === undefined) {
      onLoss(`${path} does not say whose records are in it. It is kept as ${path}.damaged`, texts.length)
      await rename(path, `${path}.damaged`)
      return undefined
    }
    for (let at = 0; at < texts.length; at += ROWS_AT_ONCE) {
      const rows = texts.slice(at, at + ROWS_AT_ONCE)
      const became = await replayRows(session, writer, rows, (text) =>
        onLoss(`a record of ${path} breaks the rules of its table: ${text}`, 1),
      )
      if (became === 'unknown') throw new Refusal('foreign', `it has no owner ${writer.owner} as ${path} names it`)
    }
    if (damaged > 0) {
      onLoss(
        `${path} is damaged in ${damaged} places between others that were read. It is kept as ${path}.damaged`,
        damaged,
      )
      await rename(path, `${path}.damaged`)
    } else await unlink(path)
    return writer.owner
  }
}

const isForeign = (error: unknown): boolean => error instanceof Refusal && error.kind === 'foreign'
