import { chmodSync, statSync } from 'node:fs'

/** Everybody but the owner. */
const OTHERS = 0o077

/**
 * Takes away what others may do with a file, if it is there. The folder it is in may be one that others can enter, and a
 * file may come from a backup, or from a version that left it to the umask. Whose file it is not cannot change it: then who
 * may read it was somebody else's choice.
 */
export function keepToOwner(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined || (stats.mode & OTHERS) === 0) return
  if (process.getuid !== undefined && process.getuid() !== 0 && process.getuid() !== stats.uid) return
  chmodSync(path, stats.mode & ~OTHERS)
}
