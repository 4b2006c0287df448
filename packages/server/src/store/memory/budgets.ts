import { picoUsd, type UsageRecord } from '@speka/core'
import {
  matchesGlob,
  withHeld,
  type Budget,
  type Budgets,
  type HoldingProcess,
  type Limit,
  type MemoryBudgets,
  type SubjectKind,
} from '@speka/core/internal'
import type { LabelSet } from '../registry.ts'
import { saysTest } from '../test-key-id.ts'
import type { MemoryOwners } from './owners.ts'
import type { LabelsOf } from './usage-totals.ts'
import type { Use } from './use.ts'

/** The budgets of the one process whose memory this is. */
export function memoryBudgets(use: Use, books: MemoryBudgets, owners: MemoryOwners): Budgets {
  let told: number | undefined
  let process: HoldingProcess | undefined
  return {
    exchange: (call) =>
      use(() => {
        const { id } = owners.current()
        const isAnother = told !== undefined && told !== id
        told = id
        return isAnother ? { owner: id, has: [], shortages: call.wants.map(() => []) } : books.carryOut(id, call)
      }),
    asks: (asked) => void (process = asked),
    standing: (budgets) => use(() => withHeld(books.standing(budgets), budgets, process)),
  }
}

/** What is known of keys. */
export interface KnownKeys {
  readonly labels: LabelsOf
  /** The first key, of one that came in its place. */
  readonly origin: (keyId: string) => string
  readonly isTest: (keyId: string) => boolean
}

/** What the records of a budget's window charged that do not say that they count in it. */
export function spentBefore(records: Iterable<UsageRecord>, keys: KnownKeys, budget: Budget, number?: number) {
  const { limit, subjectId } = budget.applied
  let spent = 0n
  for (const record of records) {
    const { createdAt, account, model, charge = 0n, budgets = [] } = record
    const isIn =
      createdAt >= budget.startsAt &&
      createdAt < budget.endsAt &&
      account === limit.subject.account &&
      isOf[limit.subject.kind](subjectId, record, keys) &&
      isCounted(limit, record, keys) &&
      (limit.models === undefined || (model !== undefined && matchesGlob(limit.models, model)))
    if (isIn && (number === undefined || !budgets.includes(number))) spent += charge
  }
  return picoUsd(spent)
}

const isCounted = ({ liveKeysOnly: only }: Limit, { keyId }: UsageRecord, { isTest }: KnownKeys): boolean =>
  only === undefined || keyId === undefined || !(only.testKeys.includes(keyId) || saysTest(keyId) || isTest(keyId))

const isOf: Readonly<Record<SubjectKind, (id: string, record: UsageRecord, keys: KnownKeys) => boolean>> = {
  account: () => true,
  key: (id, { keyId }, { origin }) => keyId !== undefined && origin(keyId) === id,
  customer: (id, { customer }) => customer === id,
  team: (id, record, keys) => labelsOf(record, keys).team === id,
  environment: (id, record, keys) => labelsOf(record, keys).environment === id,
  member: (id, record, keys) => labelsOf(record, keys).member === id,
  tag: (id, record, keys) => labelsOf(record, keys).tags?.includes(id) ?? false,
}

const labelsOf = ({ labels = 0 }: UsageRecord, keys: KnownKeys): LabelSet => keys.labels(labels)
