import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** The files that a build has written, with their folder. */
export const builtFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
