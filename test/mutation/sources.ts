import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './workshop.ts'

/** What is mutated, and the tests that have to notice. */
export interface Source {
  readonly part: string
  /** From the root of the repository. */
  readonly file: string
  /** In the order to run. */
  readonly tests: readonly string[]
}

const core = 'packages/core/src'
const server = 'packages/server/src'
const limits = `${core}/limits`
const rates = `${core}/limits/rates`
const leases = `${core}/limits/leases`
/** How every kind of budgets behaves is one suite, and this runs it fastest. */
const leaseTests = [`${leases}/lease-admission.test.ts`, `${limits}/memory-budgets.test.ts`]

/** By what would go wrong: each source, and which tests beside it hold it where none has its name. */
const parts: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  money: { [`${core}/money.ts`]: [] },
  pricing: {
    [`${core}/pricing/cost-of.ts`]: [`${core}/pricing/cost-of-units.test.ts`],
    [`${core}/pricing/cost-range.ts`]: [`${core}/pricing/show-price.test.ts`],
    [`${core}/pricing/price-row.ts`]: [`${core}/pricing/cost-of-units.test.ts`],
    [`${core}/pricing/show-price.ts`]: [],
    [`${core}/pricing/price-at.ts`]: [],
    [`${core}/route/most-cost.ts`]: [],
  },
  usage: {
    [`${core}/usage.ts`]: [],
    [`${core}/wire/read-usage.ts`]: [],
    [`${core}/wire/merge-counts.ts`]: [],
    [`${core}/meter/believable-usage.ts`]: [`${core}/meter/rare-units.test.ts`],
    [`${core}/meter/most-usage.ts`]: [],
    [`${core}/meter/estimate-usage.ts`]: [],
    [`${core}/meter/meter.ts`]: [],
    [`${core}/attempt/priced-tail.ts`]: [`${core}/meter/believable-usage.test.ts`],
  },
  frames: { [`${core}/bytes/frames.ts`]: [] },
  keys: {
    [`${server}/keys/key-format.ts`]: [],
    [`${server}/keys/key-digest.ts`]: [`${server}/keys/key-directory.test.ts`],
    [`${server}/keys/create-key.ts`]: [],
    [`${server}/keys/key-directory.ts`]: [`${server}/keys/key-directory-polls.test.ts`],
    [`${server}/keys/key-refusal.ts`]: [`${server}/keys/key-directory.test.ts`],
    [`${server}/keys/key-uses.ts`]: [],
    [`${server}/keys/pepper.ts`]: [],
    [`${server}/keys/admin-tokens.ts`]: [],
  },
  rights: {
    [`${server}/operations/rights.ts`]: [],
    [`${server}/operations/own-account.ts`]: [
      `${server}/operations/isolation.test.ts`,
      `${server}/operations/accounts.test.ts`,
    ],
    [`${server}/operations/change-member.ts`]: [
      `${server}/operations/rights.test.ts`,
      `${server}/operations/accounts.test.ts`,
    ],
  },
  audit: { [`${server}/store/audit.ts`]: [] },
  globs: { [`${core}/catalog/glob.ts`]: [] },
  failures: {
    [`${core}/attempt/next-step.ts`]: [],
    [`${core}/attempt/retry-delay.ts`]: [],
    [`${core}/attempt/other-models.ts`]: [],
    [`${core}/health/retry-budget.ts`]: [],
    [`${core}/providers/retry-after.ts`]: [],
    [`${core}/providers/error-words.ts`]: [`${core}/providers/find-error-words.test.ts`],
    [`${core}/providers/find-error-words.ts`]: [],
    [`${core}/providers/finish-words.ts`]: [],
    [`${core}/providers/openai-compatible/classify.ts`]: [`${core}/providers/error-words.test.ts`],
  },
  settle: {
    [`${core}/attempt/settle.ts`]: [`${core}/attempt/run-plan.test.ts`, `${core}/attempt/end-of-run.test.ts`],
    [`${core}/attempt/prepare.ts`]: [],
    [`${server}/store/group-commit.ts`]: [],
  },
  budgets: {
    [`${limits}/window.ts`]: [],
    [`${limits}/plan-cost.ts`]: [`${limits}/hold-size.test.ts`, `${limits}/money-layer.test.ts`],
    [`${limits}/hold-size.ts`]: [],
    [`${limits}/would-hold.ts`]: [],
    [`${limits}/held-answer.ts`]: [`${limits}/money-layer.test.ts`, `${limits}/money-races.test.ts`],
    [`${limits}/sliced-answer.ts`]: [],
    [`${limits}/money-layer.ts`]: [`${limits}/money-races.test.ts`],
    [`${limits}/memory-budgets.ts`]: [],
    [`${limits}/budgets.ts`]: leaseTests,
    [`${leases}/purse.ts`]: leaseTests,
    [`${leases}/verdict.ts`]: leaseTests,
    [`${leases}/money-hold.ts`]: leaseTests,
    [`${leases}/local-lease.ts`]: leaseTests,
    [`${leases}/recalled.ts`]: leaseTests,
    [`${leases}/recall-rounds.ts`]: leaseTests,
    [`${leases}/waiting.ts`]: leaseTests,
    [`${leases}/number-questions.ts`]: leaseTests,
    [`${leases}/lease-calls.ts`]: leaseTests,
    [`${leases}/lease-desk.ts`]: leaseTests,
    [`${leases}/lease-admission.ts`]: leaseTests,
  },
  leases: Object.fromEntries(
    ['leases', 'lend', 'kept-budgets', 'counted-charges', 'end-owners', 'row-charges'].map((name) => [
      `${server}/store/sqlite/thread/${name}.ts`,
      [`${server}/store/sqlite/thread/leases.test.ts`],
    ]),
  ),
  rates: {
    [`${limits}/rates-layer.ts`]: [`${limits}/token-bound.test.ts`],
    [`${limits}/token-bound.ts`]: [],
    [`${limits}/rate-refused.ts`]: [`${limits}/refusals.test.ts`, `${limits}/rates-layer.test.ts`],
    [`${rates}/rate-kinds.ts`]: [`${rates}/local-rates.test.ts`],
    [`${rates}/ring-window.ts`]: [`${rates}/count-window.test.ts`, `${rates}/local-rates.test.ts`],
    [`${rates}/bucket-window.ts`]: [`${rates}/count-window.test.ts`, `${rates}/local-rates.test.ts`],
    [`${rates}/rate-counts.ts`]: [`${rates}/local-rates.test.ts`, `${rates}/shared-rates.test.ts`],
    [`${rates}/local-rates.ts`]: [`${server}/limits/rate-journal.test.ts`],
    [`${rates}/held-rate.ts`]: [`${rates}/shared-rates.test.ts`],
    [`${rates}/rate-authority.ts`]: [`${rates}/shared-rates.test.ts`],
    [`${rates}/shared-rates.ts`]: [],
    [`${server}/limits/rate-journal.ts`]: [],
    [`${server}/limits/rate-lines.ts`]: [`${server}/limits/rate-journal.test.ts`],
    [`${server}/limits/rate-desk.ts`]: [],
    [`${server}/limits/own-journal.ts`]: [],
  },
  limits: {
    [`${limits}/gateway-limit.ts`]: [],
    [`${limits}/own-limits.ts`]: [],
    [`${limits}/limit-standing.ts`]: [`${limits}/own-limits.test.ts`],
    [`${limits}/limit-layers.ts`]: [],
    [`${limits}/refusals.ts`]: [],
    [`${limits}/notices.ts`]: [],
    [`${server}/limits/limit-book.ts`]: [],
    [`${server}/limits/plan-limits.ts`]: [],
    [`${server}/limits/configured-limits.ts`]: [],
    [`${server}/limits/put-on-plans.ts`]: [],
    [`${server}/limits/subscribers.ts`]: [
      `${server}/limits/limit-book.test.ts`,
      `${server}/limits/plan-limits.test.ts`,
    ],
    [`${server}/limits/limit-of.ts`]: [
      `${server}/limits/configured-limits.test.ts`,
      `${server}/operations/limits.test.ts`,
    ],
    [`${server}/limits/limit-fields.ts`]: [`${server}/operations/limits.test.ts`],
    [`${server}/limits/recall-line.ts`]: [],
    [`${server}/limits/recall-relay.ts`]: [`${server}/limits/recall-line.test.ts`],
  },
  configuration: {
    [`${server}/config/config-schema.ts`]: [],
    [`${server}/config/http-url.ts`]: [],
    [`${server}/config/read-config-file.ts`]: [],
    [`${server}/config/load-config.ts`]: [],
    [`${server}/config/settings.ts`]: [],
  },
}

const besideOf = (file: string): string[] => {
  const test = file.replace(/\.ts$/, '.test.ts')
  return existsSync(join(root, test)) ? [test] : []
}

/** The test that has a source's name, and then those named with it. */
export const sources: readonly Source[] = Object.entries(parts).flatMap(([part, files]) =>
  Object.entries(files).map(([file, more]) => ({ part, file, tests: [...new Set([...besideOf(file), ...more])] })),
)
