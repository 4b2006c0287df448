import { matchesGlob } from '../catalog/glob.ts'
import type { Call } from '../operations/call.ts'
import { customerOf } from '../operations/named-by-caller.ts'
import type { LimitBook } from './limit-book.ts'
import type { Applied, AppliedLimit, AppliedMoney, AppliedRate, Limit } from './limit.ts'

/** The limits of a gateway in this process, which never change: which of them apply to a call. */
export class OwnBook implements LimitBook {
  readonly #limits: readonly Limit[]
  readonly #modelsOf: (call: Call) => readonly string[]
  /** What applies to every call; `undefined`: that depends on its model or its customer. */
  readonly #always: Applied | undefined
  /** Several layers ask of the same call. */
  readonly #asked = new WeakMap<Call, { readonly applied: Applied | undefined }>()

  /** @param modelsOf the ids of the models that may answer a call, the one asked for first. */
  constructor(limits: readonly Limit[], modelsOf: (call: Call) => readonly string[]) {
    this.#limits = limits
    this.#modelsOf = modelsOf
    const looksAtCalls = limits.some(({ models, subject }) => models !== undefined || subject.kind === 'customer')
    this.#always = looksAtCalls ? undefined : this.appliedToAll()
  }

  appliedTo(call: Call): Applied | undefined {
    if (this.#always !== undefined) return this.#always
    const known = this.#asked.get(call)
    if (known !== undefined) return known.applied
    const models = this.#modelsOf(call)
    const applied = sorted(this.#of(customerOf(call)).filter((one) => isFor(one, models)))
    this.#asked.set(call, { applied })
    return applied
  }

  /**
   * What applies to some call or other, whatever its model.
   *
   * @param customer whose limits are meant as well. Default: nobody's.
   */
  appliedToAll(customer?: string): Applied | undefined {
    return sorted(this.#of(customer))
  }

  #of(customer: string | undefined): AppliedLimit[] {
    return this.#limits.flatMap((limit): AppliedLimit[] => {
      const { kind, id, account } = limit.subject
      if (kind !== 'customer') return [{ limit, place: limit.id, subjectId: id ?? account }]
      if (customer === undefined || (id !== undefined && id !== customer)) return []
      return [{ limit, place: id === undefined ? `${limit.id} ${customer}` : limit.id, subjectId: customer }]
    })
  }
}

/** Money counts for every model that may answer; a rate for the one that was asked for. */
function isFor({ limit: { models: glob, rule } }: AppliedLimit, models: readonly string[]): boolean {
  if (glob === undefined) return true
  if (rule.kind === 'usd') return models.some((model) => matchesGlob(glob, model))
  return matchesGlob(glob, models[0] ?? '')
}

function sorted(all: readonly AppliedLimit[]): Applied | undefined {
  return all.length === 0 ? undefined : { money: all.filter(isMoney), rates: all.filter(isRate) }
}

const isMoney = (one: AppliedLimit): one is AppliedMoney => one.limit.rule.kind === 'usd'
const isRate = (one: AppliedLimit): one is AppliedRate => one.limit.rule.kind !== 'usd'
