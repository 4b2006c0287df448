import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'

/** One file as it is sent. */
export interface StaticFile {
  readonly type: string
  readonly body: Buffer
  /** The same, compressed beforehand. */
  readonly gzipped: Buffer | undefined
  readonly etag: string
  /** Whether its name changes whenever it does, so that it may be kept for good. */
  readonly isImmutable: boolean
}

/** Files by their paths from the folder, with `/`: `assets/index-B7x2.js`. */
export type StaticFiles = ReadonlyMap<string, StaticFile>

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}

/** Where the build puts what has a hash of its content in its name. */
const HASHED = /^assets\/.*-[\w-]{8,}\.\w+$/

/**
 * Reads every file of a folder, once: what is served is looked up among these, and no path of a request ever reaches the disk.
 *
 * @returns `undefined` when there is no such folder.
 */
export function readStaticFiles(folder: string): StaticFiles | undefined {
  const paths = filesIn(folder)
  if (paths === undefined) return undefined
  const bodies = new Map(paths.map((path) => [path, readFileSync(join(folder, path))]))
  return new Map(
    [...bodies].flatMap(([path, body]): [string, StaticFile][] => {
      const type = types[extname(path)]
      if (type === undefined) return []
      const name = path.split(sep).join('/')
      const gzipped = bodies.get(`${path}.gz`)
      return [[name, { type, body, gzipped, etag: etagOf(body), isImmutable: HASHED.test(name) }]]
    }),
  )
}

function filesIn(folder: string): string[] | undefined {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** The tag of a body, by which somebody can ask whether it is still the same. */
export const etagOf = (body: Buffer): string =>
  `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
