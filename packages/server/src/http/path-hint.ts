import { whyAbsent } from '@speka/core/internal'

/** What to do about a path at which there is nothing. */
export function hintAt(path: string): string {
  const right = path.replace(/\/v1(?:\/v1)+\//, '/v1/')
  if (right === path) return whyAbsent(path) ?? 'See the API reference for what there is.'
  return `The client adds "/v1" to its base URL itself: leave it out there, so that it asks at ${right.slice(0, MOST_SHOWN)}.`
}

const MOST_SHOWN = 200
