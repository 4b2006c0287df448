import type { Subject } from './limit.ts'

/** Whose limit it is, as its caller may know it: `key`, `account`, `team research`, `each customer`. */
export function tellSubject({ kind, id }: Subject): string {
  if (kind === 'key' || (kind === 'account' && id === undefined)) return kind
  return id === undefined ? `each ${kind}` : `${kind} ${id}`
}

/** The same in a sentence: `this key`, `this account`, `the team research`, `each customer`. */
export function speakOfSubject({ kind, id }: Subject): string {
  if (kind === 'key' || (kind === 'account' && id === undefined)) return `this ${kind}`
  return id === undefined ? `each ${kind}` : `the ${kind} ${id}`
}
