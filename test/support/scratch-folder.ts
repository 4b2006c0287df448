import { mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

/** What a run of all tests leaves behind is a tenth of it. */
const ROOM_BYTES = 1 << 30

const PREFIX = 'speka-tests-'

/** Makes a folder that {@link removeAbandoned} recognises as this process's. */
export const makeOwnFolder = (place: string, prefix: string): string =>
  mkdtempSync(join(place, `${prefix}${process.pid}-`))

/**
 * A folder for whatever the tests of one run put on disk, in memory where the system has a file system for that: no test is about
 * power cuts, and thousands of databases wait for a disk longer than for anything else.
 *
 * What a run left whose process is gone is removed first, since memory is not to be left lying about.
 *
 * @param places - Folders to choose from, the first with room. Default: the system's in memory, then the usual one.
 */
export function makeScratchFolder(places: readonly string[] = ['/dev/shm', tmpdir()]): string {
  for (const place of places) removeAbandoned(place, PREFIX)
  const place = places.find(hasRoom) ?? tmpdir()
  return makeOwnFolder(place, PREFIX)
}

/** Removes what {@link makeScratchFolder} has made, and nothing else. */
export function removeScratchFolder(folder: string): void {
  if (!basename(folder).startsWith(PREFIX)) return
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}

function hasRoom(place: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(place)
    return bavail * bsize >= ROOM_BYTES
  } catch {
    // Not every system has it.
    return false
  }
}

/** Removes the folders of processes that are gone. Two runs that begin at once remove the same. */
export function removeAbandoned(place: string, prefix: string): void {
  for (const name of namesIn(place)) {
    const owner = new RegExp(`^${prefix}([0-9]+)-`).exec(name)?.[1]
    if (owner !== undefined && !isRunning(Number(owner))) removeIfPossible(join(place, name))
  }
}

function removeIfPossible(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  } catch {
    // A test that was killed may have left a disk mounted in it, which only the operator takes away. The next run can begin all the same.
  }
}

function namesIn(place: string): readonly string[] {
  try {
    return readdirSync(place)
  } catch {
    return []
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
