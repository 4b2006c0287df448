import { partSeen } from './part-seen.ts'

/**
 * How much a document is about a query, from 0 to 1: how many of the query's words it has, and of those with as many the
 * shorter first. Of a long text both ends count.
 */
export function relevanceOf(query: ReadonlySet<string>, document: string): number {
  const own = wordsOf(document)
  if (query.size === 0 || own.size === 0) return 0
  let shared = 0
  for (const word of query) if (own.has(word)) shared += 1
  // Next to nothing beside a word more, so that it decides only among equals.
  const brevity = shared / own.size / (query.size + 1)
  return Math.min(1, shared / (query.size + 1) + brevity)
}

/** The words of a text, without regard to their letters' case. */
export const wordsOf = (text: string): ReadonlySet<string> =>
  new Set(
    partSeen(text)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [],
  )
