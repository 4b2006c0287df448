import { existsSync, linkSync, renameSync, rmSync } from 'node:fs'

/**
 * Gives a finished temporary file its final name, unless that name is taken: whoever sees the name sees all of the file,
 * and of several processes that try at once one wins. The temporary name is gone afterwards.
 *
 * @returns Whether the file is now the one at `path`.
 */
export function placeFile(temporary: string, path: string): boolean {
  try {
    linkSync(temporary, path)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    if (!existsSync(temporary) || existsSync(path)) throw error
    // A file system without hard links, like FAT.
    renameSync(temporary, path)
    return true
  } finally {
    rmSync(temporary, { force: true })
  }
}
