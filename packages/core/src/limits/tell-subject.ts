import type { Subject } from './limit.ts'

/** Whose limit it is, as its caller may know it: `key`, `account`, `team research`, `each customer`. */
export function tellSubject({ kind, id, name = id }: Subject): string {
  if (kind === 'key' || (kind === 'account' && id === undefined)) return kind
  return id === undefined ? `each ${kind}` : `${kind} ${name}`
}

/** The same in a sentence: `this key`, `this account`, `the team research`, `each customer`. */
export function speakOfSubject({ kind, id, name = id }: Subject): string {
  if (kind === 'key' || (kind === 'account' && id === undefined)) return `this ${kind}`
  return id === undefined ? `each ${kind}` : `the ${kind} ${name}`
}
