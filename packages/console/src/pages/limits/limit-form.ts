import type { Limit } from '../../api/lists.ts'
import type { paths } from '../../api/schema.ts'
import { asWords, wordsIn } from '../../format/words.ts'

export type NewLimitBody = NonNullable<paths['/api/v1/limits']['post']['requestBody']>['content']['application/json']

/** Whose requests may be limited. */
export const subjectKinds = ['account', 'team', 'environment', 'member', 'key', 'customer', 'tag'] as const
export type SubjectKind = (typeof subjectKinds)[number]

/** What may be limited, in words. */
export const rules = {
  usd: 'US dollars',
  rpm: 'requests a minute',
  rpd: 'requests a day',
  tpm: 'tokens a minute',
  max_parallel: 'requests at once',
} as const
export type Rule = keyof typeof rules

export const windows = ['day', 'week', 'month', 'lifetime'] as const
export type Window = (typeof windows)[number]

/** What happens when it is reached, in words. */
export const reached = {
  stop: 'stop: requests are refused',
  notify: 'notify: requests go on, and an alert says so',
  fallback: 'fallback: other models are asked',
} as const
export type Reached = keyof typeof reached

/** Whom a limit is about; without a name each of the kind has it for itself, or it is the account's. */
export interface Subject {
  readonly kind: SubjectKind
  readonly id: string
}

/** A limit as its form has it: what is typed. */
export interface LimitForm extends Subject {
  readonly rule: Rule
  readonly amount: string
  readonly window: Window
  readonly models: string
  readonly onReached: Reached
  readonly fallback: string
}

export const emptyLimit = (subject: Subject): LimitForm => ({
  ...subject,
  rule: 'usd',
  amount: '',
  window: 'month',
  models: '',
  onReached: 'stop',
  fallback: '',
})

/** A limit as it is. */
export const formOfLimit = ({ subject, kind, limit, window, models, on_reached, fallback }: Limit): LimitForm => ({
  kind: subject.kind,
  id: subject.id ?? '',
  rule: kind,
  amount: limit,
  window: windows.find((one) => one === window) ?? 'month',
  models: models ?? '',
  onReached: on_reached,
  fallback: asWords(fallback),
})

/** What to send to set a limit: the same for a new one and for one there is, which is known by whom and what it counts. */
export function limitBody(form: LimitForm, account: string | undefined): NewLimitBody {
  const { kind, id, rule, amount, window, models, onReached, fallback } = form
  const isMoney = rule === 'usd'
  return {
    account,
    subject: kind === 'account' ? undefined : id === '' ? { each: kind } : { [kind]: id },
    ...(isMoney ? { usd: amount, window } : { [rule]: Number(amount) }),
    models: models.trim() || undefined,
    // A rate knows nothing but refusing.
    on_reached: isMoney ? onReached : undefined,
    fallback: isMoney && onReached === 'fallback' ? wordsIn(fallback) : undefined,
  }
}

/** Whose requests a limit counts, in words. */
export const subjectInWords = ({ kind, id }: Subject, account: string | undefined): string => {
  if (kind === 'account') return account === undefined ? 'the account' : `account ${account}`
  return id === '' ? `each ${kind}` : `${kind} ${id}`
}
