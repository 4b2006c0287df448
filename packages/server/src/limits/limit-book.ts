import type { Call } from '@speka/core'
import {
  customerOf,
  matchesGlob,
  type Applied,
  type AppliedLimit,
  type AppliedMoney,
  type AppliedRate,
  type CallSubjects,
  type Limit,
  type LimitBook,
  type SubjectKind,
} from '@speka/core/internal'
import type { AnyKept, Registry } from '../store/registry.ts'
import { limitOf } from './limit-of.ts'
import type { CapBook } from './cap-book.ts'
import type { Plans } from './plan-limits.ts'
import { isSubscribed, Subscribers } from './subscribers.ts'

/** In the place of an account: each account has the limit for itself. */
export const EVERY_ACCOUNT = '*'

export interface CompiledLimitsOptions {
  /** The ids of the models that may answer a call, the one asked for first. */
  readonly modelsOf: (call: Call) => readonly string[]
  /** The time in ms since the epoch. @default Date.now */
  readonly now?: (() => number) | undefined
  /** How far accounts may go on plans that stop. Default: as far as their plans include. */
  readonly caps?: CapBook | undefined
}

/** What a configuration says of limits. */
export interface ConfiguredBook {
  readonly limits: readonly Limit[]
  readonly plans: Plans
  /** Accounts that it puts on a plan, whatever the registry has. */
  readonly planOf: ReadonlyMap<string, string>
  /** The ids of its keys that reach the sandbox alone. Default: there are none. */
  readonly testKeys?: readonly string[] | undefined
  /** When it was read, in ms since the epoch. */
  readonly loadedAt: number
}

/**
 * Which limits apply to a call: compiled once for each key and change of limits, so that asking costs a look-up. Of a call
 * without limits nothing is made.
 */
export class CompiledLimits implements LimitBook {
  readonly #modelsOf: CompiledLimitsOptions['modelsOf']
  /** Those of the registry that are in force; and the revision of all else that was heard of, removed ones too. */
  readonly #kept = new Map<string, Limit>()
  readonly #revisions = new Map<string, number>()
  readonly #now: () => number
  #configured: ConfiguredBook = { limits: [], plans: new Map(), planOf: new Map(), loadedAt: 0 }
  readonly #teamNames = new Map<string, string>()
  /** The ids of all accounts there are, once they have been read. */
  readonly #accounts = new Set<string>()
  #isRead = false
  readonly #subscribers: Subscribers
  /** By kind, account and whose it is. */
  #index: ReadonlyMap<string, readonly Limit[]> = new Map()
  /** The accounts in which customers are limited. */
  #withCustomers: ReadonlySet<string> = new Set()
  /** By key as it was let in: a changed key is another. */
  #compiled = new WeakMap<CallSubjects, Compiled>()
  #asked = new WeakMap<Call, Applied | undefined>()

  constructor({ modelsOf, now = Date.now, caps }: CompiledLimitsOptions) {
    this.#modelsOf = modelsOf
    this.#now = now
    this.#subscribers = new Subscribers(now, caps)
  }

  /** Reads the limits and the accounts that there are. What changes meanwhile is known already, by {@link take}. */
  async read(registry: Registry): Promise<void> {
    const accounts = await registry.list('account')
    for (const { record } of accounts) this.#accounts.add(record.id)
    const now = this.#now()
    this.take(accounts.filter(({ record }) => isSubscribed(record, now)))
    this.take(await registry.list('team'))
    this.take(await registry.list('limit'))
    this.take(await registry.list('grant'))
    this.take(await registry.list('adjustment'))
    this.#isRead = true
    await this.#subscribers.settled()
  }

  /** Hears of all that has changed in the registry. */
  take(changed: readonly AnyKept[]): void {
    let isChanged = false
    let isTurned = this.#subscribers.takeCaps(changed, this.#configured)
    for (const kept of changed) {
      const { kind, record, revision } = kept
      if (kind === 'account') this.#accounts.add(record.id)
      if (
        (kind !== 'limit' && kind !== 'account' && kind !== 'team') ||
        revision <= (this.#kept.get(record.id)?.revision ?? this.#revisions.get(record.id) ?? 0)
      )
        continue
      if (kind !== 'limit' || record.removedAt !== undefined) this.#revisions.set(record.id, revision)
      else this.#revisions.delete(record.id)
      if (kind === 'account') {
        if (this.#subscribers.take(kept, this.#configured.loadedAt)) isTurned = true
        continue
      }
      if (kind === 'team') this.#teamNames.set(record.id, record.name)
      else if (record.removedAt !== undefined) this.#kept.delete(record.id)
      else this.#kept.set(record.id, limitOf(kept))
      isChanged = true
    }
    if (isChanged) this.#compile()
    else if (isTurned) this.#forget()
  }

  /** Replaces what the configuration says. */
  configure(configured: ConfiguredBook): void {
    this.#configured = configured
    this.#compile()
  }

  /** Accounts on a plan that a configuration does not know, or that will be on one. */
  withoutPlan(configured: Pick<ConfiguredBook, 'plans' | 'planOf'>): { account: string; plan: string }[] {
    return this.#subscribers.withoutPlan(configured)
  }

  /** Accounts that a configuration puts on plans and that there are not; none before they have been read. */
  unknownAccounts({ planOf }: Pick<ConfiguredBook, 'planOf'>): string[] {
    return this.#isRead ? [...planOf.keys()].filter((account) => !this.#accounts.has(account)) : []
  }

  appliedTo(call: Call): Applied | undefined {
    const { subjects } = call
    if (subjects === undefined || this.#isEmpty()) return undefined
    const { always, sometimes } = this.#of(subjects, call.receivedAt)
    if (sometimes === undefined) return always
    // Several layers ask of the same call.
    if (this.#asked.has(call)) return this.#asked.get(call)
    const applied = this.#forCall(call, always, sometimes)
    this.#asked.set(call, applied)
    return applied
  }

  /**
   * All that limits a key, whatever model it asks for.
   *
   * @param customer the one whose limits are meant. Default: nobody's.
   */
  appliedToKey(subjects: CallSubjects, customer?: string): Applied | undefined {
    const { always, sometimes } = this.#of(subjects, this.#now())
    const ofCustomer = customer === undefined ? [] : this.#find('customer', subjects.account, customer)
    return sorted([...(always?.money ?? []), ...(always?.rates ?? []), ...(sometimes?.byModel ?? []), ...ofCustomer])
  }

  /** Resolves once what was asked for is known, or cannot be. */
  settled(): Promise<void> {
    return this.#subscribers.settled()
  }

  /** What limits each customer of an account, whoever it is. */
  ofEachCustomer(account: string): readonly Limit[] {
    return [account, EVERY_ACCOUNT].flatMap((of) => this.#index.get(indexOf('customer', of)) ?? NONE)
  }

  /** What limits every call of a key, whatever it asks for, and for whom. */
  alwaysAppliedTo(subjects: CallSubjects): Applied | undefined {
    return this.#isEmpty() ? undefined : this.#of(subjects, this.#now()).always
  }

  #isEmpty(): boolean {
    return this.#index.size === 0 && this.#subscribers.isEmpty && this.#configured.planOf.size === 0
  }

  #compile(): void {
    const index = new Map<string, Limit[]>()
    const withCustomers = new Set<string>()
    for (const limit of [...this.#configured.limits, ...this.#kept.values()]) {
      const { kind, account, id } = limit.subject
      const place = indexOf(kind, account, id)
      const there = index.get(place)
      const named = this.#named(limit)
      if (there === undefined) index.set(place, [named])
      else there.push(named)
      if (kind === 'customer') withCustomers.add(account)
    }
    this.#index = new Map([...index].map(([place, limits]) => [place, fitted(limits)]))
    this.#withCustomers = withCustomers
    this.#forget()
  }

  /** A limit that says whose it is as its people do: an id of a team means nothing to them. */
  #named(limit: Limit): Limit {
    const { kind, id = '' } = limit.subject
    const name = kind === 'team' ? this.#teamNames.get(id) : undefined
    return name === undefined ? limit : { ...limit, subject: { ...limit.subject, name } }
  }

  /** What was compiled is made anew. */
  #forget(): void {
    this.#compiled = new WeakMap()
    this.#asked = new WeakMap()
  }

  /** What limits a key at a moment: compiled once for as long as its account stays on one plan. */
  #of(subjects: CallSubjects, at: number): Compiled {
    const known = this.#compiled.get(subjects)
    if (known !== undefined && at >= known.from && at < known.until) return known
    const compiled = this.#made(subjects, at)
    // One that asks for what was before the turn is the last of its kind.
    if (known === undefined || at >= known.until) this.#compiled.set(subjects, compiled)
    return compiled
  }

  #made(subjects: CallSubjects, at: number): Compiled {
    const { account } = subjects
    const { limits: ofPlan, from, until } = this.#subscribers.limitsAt(account, at, this.#configured)
    const found = subjectsOf(subjects).flatMap(({ kind, id }) => this.#find(kind, account, id))
    const counting = ofPlan.filter(({ liveKeysOnly }) => liveKeysOnly === undefined || subjects.mode !== 'test')
    const all = [...found, ...counting.map((limit) => applied(limit, account, account))]
    const always = all.filter(({ limit }) => limit.models === undefined)
    const byModel = all.filter(({ limit }) => limit.models !== undefined)
    const namesCustomers = this.#withCustomers.has(account) || this.#withCustomers.has(EVERY_ACCOUNT)
    return {
      from,
      until,
      always: sorted(always),
      sometimes: byModel.length === 0 && !namesCustomers ? undefined : { byModel, namesCustomers },
    }
  }

  #find(kind: SubjectKind, account: string, id: string): AppliedLimit[] {
    return [account, EVERY_ACCOUNT].flatMap((of) =>
      [indexOf(kind, of, id), indexOf(kind, of)].flatMap((place) =>
        (this.#index.get(place) ?? NONE).map((limit) => applied(limit, account, id)),
      ),
    )
  }

  #forCall(call: Call, always: Applied | undefined, { byModel, namesCustomers }: Sometimes): Applied | undefined {
    const account = call.subjects?.account ?? ''
    const customer = namesCustomers ? customerOf(call) : undefined
    const ofCustomer = customer === undefined ? [] : this.#find('customer', account, customer)
    const more = [...byModel, ...ofCustomer]
    if (more.length === 0) return always
    const models = this.#modelsOf(call)
    const matching = more.filter((one) => isFor(one, models))
    if (matching.length === 0) return always
    return sorted([...(always?.money ?? []), ...(always?.rates ?? []), ...matching])
  }
}

/** What limits a key. */
interface Compiled {
  /** From when until before when it holds, in ms since the epoch: the plan of its account turns then. */
  readonly from: number
  readonly until: number
  readonly always: Applied | undefined
  /** What depends on the call: its model, its customer. */
  readonly sometimes: Sometimes | undefined
}

interface Sometimes {
  readonly byModel: readonly AppliedLimit[]
  readonly namesCustomers: boolean
}

const NONE: readonly never[] = []

const indexOf = (kind: SubjectKind, account: string, id = ''): string => `${kind}\n${account}\n${id}`

/** Everything that a key's requests are counted by, but for the customer, who differs from one to the next. */
function subjectsOf({ id, account, team, environment, member, tags = [], origin = id }: CallSubjects) {
  const found: { kind: SubjectKind; id: string }[] = [
    { kind: 'account', id: account },
    { kind: 'key', id: origin },
  ]
  if (team !== undefined) found.push({ kind: 'team', id: team })
  if (environment !== undefined) found.push({ kind: 'environment', id: environment })
  if (member !== undefined) found.push({ kind: 'member', id: member })
  for (const tag of new Set(tags)) found.push({ kind: 'tag', id: tag })
  return found
}

/** Counted together is what has one limit; who has it for himself, by account and by name. */
function applied(limit: Limit, account: string, id: string): AppliedLimit {
  const { subject } = limit
  const isEverywhere = subject.account === EVERY_ACCOUNT
  const each = subject.id === undefined && subject.kind !== 'account' ? ` ${id}` : ''
  return {
    limit: isEverywhere ? { ...limit, subject: { ...subject, account } } : limit,
    place: `${limit.id}${isEverywhere ? ` ${account}` : ''}${each}`,
    subjectId: id,
  }
}

/** Money counts for every model that may answer; a rate for the one that was asked for. */
function isFor({ limit }: AppliedLimit, models: readonly string[]): boolean {
  const { models: glob } = limit
  if (glob === undefined) return true
  if (limit.rule.kind === 'usd') return models.some((model) => matchesGlob(glob, model))
  return matchesGlob(glob, models[0] ?? '')
}

function sorted(all: readonly AppliedLimit[]): Applied | undefined {
  if (all.length === 0) return undefined
  return { money: fitted(all.filter(isMoney)), rates: fitted(all.filter(isRate)) }
}

/** A list that grew has room for more. A copy has none: there may be some for each key. */
const fitted = <Item>(list: readonly Item[]): readonly Item[] => [...list]

const isMoney = (one: AppliedLimit): one is AppliedMoney => one.limit.rule.kind === 'usd'
const isRate = (one: AppliedLimit): one is AppliedRate => one.limit.rule.kind !== 'usd'
