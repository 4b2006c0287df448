import { readFileSync, writeFileSync } from 'node:fs'
import { constants, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'
import { builtFiles } from './built-files.ts'

const WORTH_IT = /\.(?:html|js|css|svg)$/

/** Puts a `.gz` beside each file, so that the server compresses nothing while it streams answers. */
export function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    writeBundle: {
      sequential: true,
      handler({ dir = '' }) {
        for (const file of builtFiles(dir).filter((name) => WORTH_IT.test(name)))
          writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: constants.Z_BEST_COMPRESSION }))
      },
    },
  }
}
