import { parseUsd } from '@speka/core'
import type { Limit, LimitRule } from '@speka/core/internal'
import type { LimitRecord } from '../store/records.ts'
import type { Kept } from '../store/registry.ts'
import type { SaidAmounts } from './limit-fields.ts'

type KeptRule = LimitRecord['rule']

/** A limit of the registry as the engine counts it. */
export const limitOf = ({ record, revision }: Kept<'limit'>): Limit => ({
  id: record.id,
  subject: { ...record.subject, account: record.account },
  models: record.models,
  rule: ruleOf(record.rule),
  onReached: record.onReached,
  fallback: record.fallback,
  since: record.since,
  revision,
})

export const ruleOf = (rule: KeptRule): LimitRule =>
  rule.kind === 'usd' ? { kind: 'usd', amount: parseUsd(rule.usd), window: rule.window } : rule

/** Each rule that amounts say, as it is kept. */
export function saidRules({ usd, window = 'lifetime', ...rates }: SaidAmounts): KeptRule[] {
  const money: KeptRule[] = usd === undefined ? [] : [{ kind: 'usd', usd, window }]
  const kinds = ['rpm', 'rpd', 'tpm', 'max_parallel'] as const
  return [
    ...money,
    ...kinds.flatMap((kind): KeptRule[] => {
      const amount = rates[kind]
      return amount === undefined ? [] : [{ kind, amount }]
    }),
  ]
}
