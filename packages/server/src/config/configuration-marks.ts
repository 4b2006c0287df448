import { createHash } from 'node:crypto'
import type { Config } from './load-config.ts'

/** Enough to tell two apart, and too little to find out what was hashed. */
const MARK_CHARACTERS = 12

/**
 * What each section of a configuration is recognised by, so that replicas can say where theirs differ and nobody learns what stands in
 * them. Variables that stand in the file count by what they are set to.
 */
export function configurationMarks(config: Config): Record<string, string> {
  const { gateway, loadedAt: _when, warnings: _said, ...rest } = config
  return Object.fromEntries(
    // What is not said is something to differ in, too.
    Object.entries({ ...gateway, ...rest }).map(([section, value]) => [section, markOf(textOf(value) ?? 'none')]),
  )
}

const markOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, MARK_CHARACTERS)

const textOf = (value: unknown): string | undefined =>
  JSON.stringify(value, (_name, inner: unknown) => {
    if (typeof inner === 'bigint') return `${inner}n`
    return inner instanceof Map ? [...inner] : inner
  })
