import type { Key, Limit } from '../../api/lists.ts'
import type { Subject } from '../limits/limit-form.ts'

/** A label of keys: it is there as long as a key has it, or a limit names it. */
export interface Environment {
  readonly account: string
  readonly name: string
  /** How many keys have it. */
  readonly keys: number
}

type Labelled = Pick<Key, 'account' | 'environment'>

/** The environments that keys have, and those that limits wait for; by name. */
export function environmentsOf(keys: readonly Labelled[], limits: readonly Limit[]): Environment[] {
  const found = new Map<string, Environment>()
  const count = (account: string, name: string, keys: number): void => {
    const place = JSON.stringify([account, name])
    found.set(place, { account, name, keys: (found.get(place)?.keys ?? 0) + keys })
  }
  for (const { account, environment } of keys) if (environment !== null) count(account, environment, 1)
  for (const { account, subject, status } of limits)
    if (status === 'active' && subject.kind === 'environment' && subject.id !== null) count(account, subject.id, 0)
  return [...found.values()].toSorted(
    (one, other) => one.name.localeCompare(other.name) || one.account.localeCompare(other.account),
  )
}

/** The limits in force on one subject: its own, and that of each of its kind. */
export const limitsOn = (limits: readonly Limit[], account: string, { kind, id }: Subject): Limit[] =>
  limits.filter(
    (limit) =>
      limit.status === 'active' &&
      limit.account === account &&
      limit.subject.kind === kind &&
      (limit.subject.id ?? id) === id,
  )
