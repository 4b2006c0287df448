import {
  customerOf,
  matchesGlob,
  type Applied,
  type AppliedLimit,
  type AppliedMoney,
  type AppliedRate,
  type Call,
  type CallSubjects,
  type Limit,
  type LimitBook,
  type SubjectKind,
} from '@speka/core/internal'
import type { AnyKept, Registry } from '../store/registry.ts'
import { limitOf } from './limit-of.ts'

/** In the place of an account: each account has the limit for itself. */
export const EVERY_ACCOUNT = '*'

export interface CompiledLimitsOptions {
  /** The ids of the models that may answer a call, the one asked for first. */
  readonly modelsOf: (call: Call) => readonly string[]
}

/**
 * Which limits apply to a call: compiled once for each key and change of limits, so that asking costs a look-up. Of a call
 * without limits nothing is made.
 */
export class CompiledLimits implements LimitBook {
  readonly #modelsOf: CompiledLimitsOptions['modelsOf']
  /** Those of the registry that are in force, and the revision of each, removed ones too. */
  readonly #kept = new Map<string, Limit>()
  readonly #revisions = new Map<string, number>()
  #configured: readonly Limit[] = []
  /** By kind, account and whose it is. */
  #index: ReadonlyMap<string, readonly Limit[]> = new Map()
  /** The accounts in which customers are limited. */
  #withCustomers: ReadonlySet<string> = new Set()
  /** By key as it was let in: a changed key is another. */
  #compiled = new WeakMap<CallSubjects, Compiled>()

  constructor({ modelsOf }: CompiledLimitsOptions) {
    this.#modelsOf = modelsOf
  }

  /** Reads the limits that there are. What changes meanwhile is known already, by {@link take}. */
  async read(registry: Registry): Promise<void> {
    this.take(await registry.list('limit'))
  }

  /** Hears of all that has changed in the registry. */
  take(changed: readonly AnyKept[]): void {
    let isChanged = false
    for (const kept of changed) {
      if (kept.kind !== 'limit') continue
      const { record, revision } = kept
      if (revision <= (this.#revisions.get(record.id) ?? 0)) continue
      this.#revisions.set(record.id, revision)
      if (record.removedAt !== undefined) this.#kept.delete(record.id)
      else this.#kept.set(record.id, limitOf(kept))
      isChanged = true
    }
    if (isChanged) this.#compile()
  }

  /** Replaces the limits given by configuration. */
  configure(limits: readonly Limit[]): void {
    this.#configured = limits
    this.#compile()
  }

  appliedTo(call: Call): Applied | undefined {
    const { subjects } = call
    if (subjects === undefined || this.#index.size === 0) return undefined
    const { always, sometimes } = this.#of(subjects)
    return sometimes === undefined ? always : this.#forCall(call, always, sometimes)
  }

  /** All that limits a key, whatever it asks for; of customers only those who are named, or none. */
  appliedToKey(subjects: CallSubjects): Applied | undefined {
    const { always, sometimes } = this.#of(subjects)
    return sorted([...(always?.money ?? []), ...(always?.rates ?? []), ...(sometimes?.byModel ?? [])])
  }

  #compile(): void {
    const index = new Map<string, Limit[]>()
    const withCustomers = new Set<string>()
    for (const limit of [...this.#configured, ...this.#kept.values()]) {
      const { kind, account, id } = limit.subject
      const place = indexOf(kind, account, id)
      const there = index.get(place)
      if (there === undefined) index.set(place, [limit])
      else there.push(limit)
      if (kind === 'customer') withCustomers.add(account)
    }
    this.#index = index
    this.#withCustomers = withCustomers
    this.#compiled = new WeakMap()
  }

  #of(subjects: CallSubjects): Compiled {
    const known = this.#compiled.get(subjects)
    if (known !== undefined) return known
    const { account } = subjects
    const all = subjectsOf(subjects).flatMap(({ kind, id }) => this.#find(kind, account, id))
    const always = all.filter(({ limit }) => limit.models === undefined)
    const byModel = all.filter(({ limit }) => limit.models !== undefined)
    const namesCustomers = this.#withCustomers.has(account) || this.#withCustomers.has(EVERY_ACCOUNT)
    const compiled: Compiled = {
      always: sorted(always),
      sometimes: byModel.length === 0 && !namesCustomers ? undefined : { byModel, namesCustomers },
    }
    this.#compiled.set(subjects, compiled)
    return compiled
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
  return { money: all.filter(isMoney), rates: all.filter(isRate) }
}

const isMoney = (one: AppliedLimit): one is AppliedMoney => one.limit.rule.kind === 'usd'
const isRate = (one: AppliedLimit): one is AppliedRate => one.limit.rule.kind !== 'usd'
