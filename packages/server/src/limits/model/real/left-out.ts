import { picoUsd } from '@speka/core'
import type { Holder, LeaseReply, OwnerId } from '@speka/core/internal'
import { without, type RuleName, type Rules } from '../rules/rules.ts'
import type { Invariant } from '../world/violation.ts'
import type { Between } from './between.ts'

interface LeftOut {
  readonly breaks: Invariant
  /** A seed whose schedule shows it; the ones after it are tried as well. */
  readonly from: number
  readonly dishonest?: true
  /** A rule of the store. */
  readonly rules?: Rules
  /** A rule of the admission, as what passes to and fro shows it. */
  readonly between?: () => Between
}

const theStores = (name: RuleName, breaks: Invariant, from: number): Record<string, LeftOut> => ({
  [name]: { breaks, from, rules: without(name) },
})

/** Rules that the admission relies on, each of them left out. */
export const leftOut: Record<string, LeftOut> = {
  ...theStores('says-what-it-has', 'I3', 13),
  ...theStores('calls-are-numbered', 'I1', 22),
  ...theStores('neighbours-take-nothing', 'I2', 1),
  ...theStores('a-lower-cap-recalls', 'I3', 6),
  ...theStores('lost-is-not-dead', 'fenced', 11),
  'an-excess-is-lent': { breaks: 'I2', from: 17, dishonest: true, rules: without('an-excess-is-lent') },
  'trust-is-checked': { breaks: 'fenced', from: 81, between: () => ({ alwaysTrusts: true }) },
  'recall-before-refusal': {
    breaks: 'I2',
    from: 1,
    between: () => ({ reply: (reply) => withHolders(reply, () => undefined) }),
  },
  'recall-answers-after-calls': { breaks: 'I2', from: 31, between: () => ({ answersAtOnce: true }) },
  'returned-means-ask-again': {
    breaks: 'I2',
    from: 46,
    between: () => ({ answer: (answer) => answer && { ...answer, said: 'nothing idle' } }),
  },
  'granted-since-means-ask-again': { breaks: 'I2', from: 40, between: () => ({ reply: withoutGrants }) },
  'silence-is-not-nothing': {
    breaks: 'I2',
    from: 1,
    between() {
      const silent = new Set<OwnerId>()
      return {
        answer(answer, from) {
          if (answer === undefined) silent.add(from)
          return answer
        },
        reply: (reply) => withHolders(reply, (holder) => (silent.has(holder.owner) ? undefined : holder)),
      }
    },
  },
  'silence-ends-when-heard': {
    breaks: 'I3',
    from: 30,
    between: () => ({ reply: (reply) => withHolders(reply, (holder) => ({ ...holder, heard: 0 })) }),
  },
  'only-the-last-call-is-heard': {
    breaks: 'I1',
    from: 1,
    between() {
      let before: LeaseReply | undefined
      return {
        reply(reply) {
          const { has } = before ?? reply
          before = reply
          return { ...reply, has }
        },
      }
    },
  },
  'money that is given back is gone': {
    breaks: 'I1',
    from: 1,
    between: () => ({
      call: (call) => ({
        ...call,
        has: call.has.map((holding) => ({ ...holding, granted: picoUsd(holding.granted / 2n) })),
      }),
      reply: (reply) => ({
        ...reply,
        has: reply.has.map((lease) => ({ ...lease, granted: picoUsd(lease.granted * 2n) })),
      }),
    }),
  },
}

const withHolders = (reply: LeaseReply, told: (holder: Holder) => Holder | undefined): LeaseReply => ({
  ...reply,
  shortages: reply.shortages.map((shortages) =>
    shortages?.map((shortage) => ({ ...shortage, holders: shortage.holders.flatMap((holder) => told(holder) ?? []) })),
  ),
})

const withoutGrants = (reply: LeaseReply): LeaseReply => ({
  ...withHolders(reply, (holder) => ({ ...holder, grants: 0 })),
  has: reply.has.map((lease) => ({ ...lease, grants: 0 })),
})
