import { gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

const KILOBYTE = 1024

/** Of JavaScript, gzipped, in bytes. */
const MOST_IN_FIRST_VIEW = 220 * KILOBYTE
const MOST_IN_ALL = 300 * KILOBYTE

/** What is loaded when the console is opened, beside what every page needs. */
const FIRST_PAGE = 'src/pages/overview.tsx'

interface Part {
  readonly fileName: string
  readonly facadeModuleId: string | null
  readonly isEntry: boolean
  readonly imports: readonly string[]
  readonly code: string
}

/** Fails a build whose JavaScript has grown beyond what the console may weigh. */
export function heldToBudget(): Plugin {
  return {
    name: 'held-to-budget',
    apply: 'build',
    generateBundle(_, bundle) {
      const parts = Object.values(bundle).filter((each) => each.type === 'chunk')
      const all = sizeOf(parts)
      const first = sizeOf(withImports(parts, parts.filter(isInFirstView)))
      this.info(`JavaScript, gzipped: ${kilobytes(first)} for the first view, ${kilobytes(all)} in all`)
      if (first > MOST_IN_FIRST_VIEW)
        this.error(
          `The first view takes ${kilobytes(first)} of JavaScript, more than ${kilobytes(MOST_IN_FIRST_VIEW)}.`,
        )
      if (all > MOST_IN_ALL)
        this.error(`There are ${kilobytes(all)} of JavaScript, more than ${kilobytes(MOST_IN_ALL)}.`)
    },
  }
}

const isInFirstView = ({ isEntry, facadeModuleId }: Part): boolean =>
  isEntry || facadeModuleId?.endsWith(FIRST_PAGE) === true

/** Parts, and what they need to run. */
function withImports(parts: readonly Part[], from: readonly Part[]): Part[] {
  const found = new Set<Part>()
  const add = (part: Part | undefined): void => {
    if (part === undefined || found.has(part)) return
    found.add(part)
    for (const name of part.imports) add(parts.find(({ fileName }) => fileName === name))
  }
  from.forEach(add)
  return [...found]
}

const sizeOf = (parts: readonly Part[]): number => parts.reduce((sum, { code }) => sum + gzipSync(code).length, 0)

const kilobytes = (bytes: number): string => `${(bytes / KILOBYTE).toFixed(1)} KB`
