import { believableUsage, believableUsageSoFar, withBelievableCharge } from '../meter/believable-usage.ts'
import { mergeUsageJson } from '../providers/openai-compatible/usage-shape.ts'
import type { FrameFacts } from '../providers/provider.ts'
import { mergeUsage, tellsAll, unknownUsage, type Usage } from '../usage.ts'
import { inTier, readUsage } from '../wire/read-usage.ts'
import type { AnswerFacts, AttemptOrder } from './attempt.ts'

/** What the frames of a stream have told of the answer, and what may be believed of it. */
export class StreamFacts {
  readonly #order: Pick<AttemptOrder, 'call' | 'target'>
  #known: AnswerFacts = { usage: unknownUsage }
  #created: number | undefined
  #usageJson: FrameFacts['usageJson']

  constructor(order: Pick<AttemptOrder, 'call' | 'target'>) {
    this.#order = order
  }

  /** As they were told. */
  get told(): AnswerFacts {
    return this.#known
  }

  /** When the upstream says it began its answer, in s since the epoch. */
  get created(): number | undefined {
    return this.#created
  }

  /** The usage as the upstream wrote it. */
  get usageJson(): FrameFacts['usageJson'] {
    return this.#usageJson
  }

  learn(facts: FrameFacts): void {
    const { id, created, finishReason, model, charge } = facts
    const known = this.#known
    this.#known = {
      usage: this.#count(facts),
      upstreamId: known.upstreamId ?? id,
      finishReason: finishReason ?? known.finishReason,
      model: model ?? known.model,
      charge: charge ?? known.charge,
    }
    this.#created ??= created
  }

  /** Usage may come in halves, and be told again with less in it. */
  #count({ usage, usageJson }: FrameFacts): Usage {
    const { usage: known } = this.#known
    if (usage === undefined) return known
    const before = this.#usageJson
    this.#usageJson = usageJson ?? before
    if (known === unknownUsage) return usage
    if (usageJson === undefined || before === undefined || tellsAll(usage, known)) return mergeUsage(known, usage)
    this.#usageJson = mergeUsageJson(before, usageJson)
    return mergeUsage(mergeUsage(known, usage), readUsage(this.#usageJson))
  }

  /**
   * What was delivered has a price, also where the provider did not come to count it.
   *
   * @param serviceTier in which the upstream served it, where it said so beside its counts.
   */
  atEnd(outputTokens: () => number, serviceTier: string | undefined): AnswerFacts {
    const { call, target } = this.#order
    const usage = believableUsage(inTier(this.#known.usage, serviceTier), call, target, outputTokens)
    return { ...this.#known, ...withBelievableCharge(usage, this.#known.charge) }
  }

  /** The same of an answer that broke off after some of it was delivered. */
  soFar(outputTokens: number, serviceTier: string | undefined): AnswerFacts {
    const { call, target } = this.#order
    const usage = believableUsageSoFar(inTier(this.#known.usage, serviceTier), call, target, outputTokens)
    return { ...this.#known, ...withBelievableCharge(usage, this.#known.charge) }
  }
}
