import type { Headers } from '../../transport.ts'

/** As many are named; a client asks for a handful. */
const MOST = 32
const MOST_CHARACTERS = 100

/** The betas of Anthropic's that a request asks for, as names of what another target does not get: `anthropic-beta: NAME`. */
export function betasIn(headers: Headers | undefined): readonly string[] {
  const header = headers?.['anthropic-beta']
  if (header === undefined) return NONE
  const names = header.split(',', MOST).map((name) => name.trim().slice(0, MOST_CHARACTERS))
  return [...new Set(names)].filter((name) => name !== '').map((name) => `anthropic-beta: ${name}`)
}

const NONE: readonly string[] = []
