import { open, readdir, readFile, rename, stat, unlink, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { encodeSpooled, readSpooled } from './spool-format.ts'

/** Whose rows a spool holds: enough to find the owner in its database, and to tell whether its process lives. */
export interface SpoolWriter {
  readonly owner: number
  /** As the database has it, in ms since the epoch: owners of another database have the same ids. */
  readonly startedAt: number
  readonly bootId: string
  readonly pid: number
  readonly process: string
}

/** Those that this process writes: one of its own that is not among them was left by a store that is closed. */
const written = new Set<string>()

export const isWrittenHere = (path: string): boolean => written.has(path)

/** No header is longer, in bytes. */
const HEADER_BYTES = 4096
/** How much is read at once, in bytes. */
const PIECE_BYTES = 1024 * 1024

const ENDING = '.spool'
/** Of one that somebody has taken away from its writer, to put it into the database. */
const TAKEN = '.taken'

export const isSpool = (name: string): boolean => name.endsWith(ENDING) || name.endsWith(`${ENDING}${TAKEN}`)
export const isTaken = (path: string): boolean => path.endsWith(TAKEN)

const beginningOf = (owner: number): string => `owner-${owner}-`

/** Whether rows of an owner wait in a folder, as far as it can be read. */
export async function hasSpoolOf(folder: string, owner: number): Promise<boolean> {
  const names = await readdir(folder).catch(() => [])
  return names.some((name) => isSpool(name) && name.startsWith(beginningOf(owner)))
}

/** The file in which an owner's rows wait for their database. Written at its end, read from its beginning. */
export class SpoolFile {
  readonly path: string
  readonly #handle: FileHandle
  readonly #bodyAt: number
  /** Up to where it is read. */
  #readAt: number
  #end: number

  private constructor(path: string, handle: FileHandle, bodyAt: number) {
    this.path = path
    this.#handle = handle
    this.#bodyAt = bodyAt
    this.#readAt = bodyAt
    this.#end = bodyAt
    written.add(path)
  }

  /** Makes it, on the disk. */
  static async create(folder: string, writer: SpoolWriter): Promise<SpoolFile> {
    const path = join(folder, `${beginningOf(writer.owner)}${writer.startedAt}${ENDING}`)
    const header = encodeSpooled(JSON.stringify({ spool: 1, ...writer }))
    const handle = await open(path, 'w+', 0o600)
    await handle.write(header, 0, header.length, 0)
    await handle.datasync()
    await syncFolder(folder)
    return new SpoolFile(path, handle, header.length)
  }

  /** How much is in it, in bytes. */
  get bytes(): number {
    return this.#end
  }

  /**
   * Appends records and brings them to the disk, all or none.
   *
   * @throws When the disk does not take them, or the file was taken away: whoever did may have read it already.
   */
  async append(texts: readonly string[]): Promise<void> {
    const bytes = Buffer.concat(texts.map(encodeSpooled))
    try {
      await this.#handle.write(bytes, 0, bytes.length, this.#end)
      await this.#handle.datasync()
      await this.#demandPlace()
    } catch (error) {
      await this.#handle.truncate(this.#end).catch(() => {})
      throw error
    }
    this.#end += bytes.length
  }

  /** The next records that were not read yet, and where it is read up to with them. */
  async read(most: number): Promise<{ readonly texts: readonly string[]; readonly end: number }> {
    const left = this.#end - this.#readAt
    for (let length = Math.min(PIECE_BYTES, left); ; length = Math.min(2 * length, left)) {
      const piece = Buffer.alloc(length)
      await this.#handle.read(piece, 0, length, this.#readAt)
      const { texts, end } = readSpooled(piece, most)
      if (texts.length > 0 || length === left) return { texts, end: this.#readAt + end }
    }
  }

  /** What was read up to there is in the database. */
  passed(end: number): void {
    this.#readAt = end
  }

  /** Nothing is left to be read. */
  get isPassed(): boolean {
    return this.#readAt >= this.#end
  }

  /** Begins at the beginning again, once all was read. */
  async empty(): Promise<void> {
    this.#readAt = this.#bodyAt
    this.#end = this.#bodyAt
    await this.#handle.truncate(this.#bodyAt)
  }

  /** Shows others who see the file, and cannot see its process, that it is in use. */
  async touch(): Promise<void> {
    const now = new Date()
    await this.#handle.utimes(now, now)
  }

  /** @param keeps whether what is in it is needed still. */
  async close(keeps: boolean): Promise<void> {
    if (!keeps) await unlink(this.path).catch(() => {})
    await this.#handle.close()
    written.delete(this.path)
  }

  async #demandPlace(): Promise<void> {
    const [own, there] = await Promise.all([this.#handle.stat(), stat(this.path)])
    if (own.ino !== there.ino) throw new Error(`${this.path} was taken away`)
  }
}

/** Takes a spool away from its writer. What that writes from then on is not told as kept. @returns its new path */
export async function takeSpool(path: string): Promise<string> {
  if (isTaken(path)) return path
  await rename(path, path + TAKEN)
  await syncFolder(dirname(path))
  return path + TAKEN
}

/** Whose it is; `undefined`: its header cannot be read. */
export async function writerOf(path: string): Promise<SpoolWriter | undefined> {
  const handle = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0)
    return readWriter(readSpooled(buffer.subarray(0, bytesRead), 1).texts[0])
  } finally {
    await handle.close()
  }
}

/** A whole spool of somebody else. */
export async function readSpoolFile(
  path: string,
): Promise<{ readonly texts: readonly string[]; readonly damaged: number }> {
  const { texts, damaged } = readSpooled(await readFile(path))
  return { texts: texts.slice(1), damaged }
}

function readWriter(text: string | undefined): SpoolWriter | undefined {
  if (text === undefined) return undefined
  try {
    const value = JSON.parse(text) as Partial<SpoolWriter> & { spool?: unknown }
    const { spool, owner, startedAt, bootId, pid, process } = value
    const isWhole =
      spool === 1 &&
      [owner, startedAt, pid].every(Number.isSafeInteger) &&
      [bootId, process].every((one) => typeof one === 'string')
    return isWhole ? (value as SpoolWriter) : undefined
  } catch {
    return undefined
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
