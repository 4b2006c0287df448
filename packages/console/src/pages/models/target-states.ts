import type { Target } from '../../api/lists.ts'
import type { Tone } from '../../parts/badge.tsx'

/** How the state of a target looks. */
export const stateTones: Readonly<Record<Target['state'], Tone>> = { closed: 'good', half_open: 'warn', open: 'bad' }

/** What its breaker says, in words for people. */
export const stateWords: Readonly<Record<Target['state'], string>> = {
  closed: 'well',
  half_open: 'being tried',
  open: 'left alone',
}
