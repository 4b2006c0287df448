import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const assets = join(import.meta.dirname, '..', '..', 'packages', 'server', 'dist', 'console', 'assets')

/** Bytes of all JavaScript of the built console, compressed. */
export const allScripts = (): number =>
  readdirSync(assets)
    .filter((name) => name.endsWith('.js'))
    .reduce((sum, name) => sum + gzipSync(readFileSync(join(assets, name)), { level: 9 }).length, 0)
