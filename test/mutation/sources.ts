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
const providers = `${core}/providers`
const billing = `${server}/billing`
const limits = `${core}/limits`
const rates = `${core}/limits/rates`
const leases = `${core}/limits/leases`
/** Many requests at random take long: last. */
const localModel = `${rates}/local-rates-model.test.ts`
const sharedModel = `${rates}/shared-rates-model.test.ts`
/** How every kind of budgets behaves is one suite, and this runs it fastest. */
const leaseTests = [`${leases}/lease-admission.test.ts`, `${limits}/memory-budgets.test.ts`]

const sqlite = `${server}/store/sqlite/thread`
const sqliteLeaseTests = [`${sqlite}/leases.test.ts`]
/** What is lent is reckoned without a database: the suite of them all finds out in memory sooner. */
const lendingTests = [`${server}/store/leases/carry-out.test.ts`, ...sqliteLeaseTests]
/** What a month is billed, from what was used and agreed to the last cent. */
const invoiceTests = [`${billing}/reckon-invoice.test.ts`]

/** By what would go wrong: each source, and which tests beside it hold it where none has its name. */
const parts: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  money: { [`${core}/money.ts`]: [] },
  pricing: {
    [`${core}/pricing/cost-of.ts`]: [`${core}/pricing/cost-of-units.test.ts`, `${core}/pricing/charged-units.test.ts`],
    [`${core}/pricing/cost-range.ts`]: [`${core}/pricing/show-price.test.ts`],
    [`${core}/pricing/price-row.ts`]: [`${core}/pricing/cost-of-units.test.ts`],
    [`${core}/pricing/show-price.ts`]: [],
    [`${core}/pricing/price-at.ts`]: [],
    [`${core}/pricing/charged-units.ts`]: [],
    [`${core}/route/most-cost.ts`]: [],
    [`${core}/route/dearest-row.ts`]: [],
    [`${core}/route/price-ratio.ts`]: [],
    [`${core}/route/read-prices.ts`]: [],
    [`${core}/catalog/written-price.ts`]: [`${core}/route/read-prices.test.ts`, `${core}/pricing/price-row.test.ts`],
  },
  usage: {
    [`${core}/usage.ts`]: [],
    [`${core}/wire/read-usage.ts`]: [],
    [`${core}/wire/merge-counts.ts`]: [],
    [`${core}/wire/message-usage.ts`]: [`${providers}/anthropic/read-usage.test.ts`],
    [`${core}/dialects/messages/message-usage.ts`]: [`${core}/dialects/messages/messages.test.ts`],
    [`${core}/dialects/responses/response-usage.ts`]: [`${core}/dialects/responses/responses.test.ts`],
    [`${providers}/openai-compatible/usage-shape.ts`]: [],
    [`${providers}/openai/read-response-usage.ts`]: [`${providers}/openai/responses.test.ts`],
    [`${providers}/anthropic/read-usage.ts`]: [],
    [`${providers}/gemini/read-usage.ts`]: [],
    [`${core}/meter/believable-usage.ts`]: [`${core}/meter/rare-units.test.ts`],
    [`${core}/meter/most-usage.ts`]: [],
    [`${core}/meter/estimate-usage.ts`]: [],
    [`${core}/meter/meter.ts`]: [],
    [`${core}/meter/write-record.ts`]: [],
    [`${core}/attempt/priced-tail.ts`]: [`${core}/meter/believable-usage.test.ts`],
  },
  frames: { [`${core}/bytes/frames.ts`]: [] },
  keys: {
    [`${server}/keys/key-format.ts`]: [],
    [`${server}/keys/key-digest.ts`]: [`${server}/keys/key-directory.test.ts`],
    [`${server}/keys/configured-key.ts`]: [`${server}/keys/key-directory.test.ts`],
    [`${server}/keys/ended-elsewhere.ts`]: [],
    [`${server}/shared-endings.ts`]: [],
    [`${server}/keys/create-key.ts`]: [],
    [`${server}/keys/key-directory.ts`]: [
      `${server}/keys/key-directory-polls.test.ts`,
      `${server}/keys/key-directory-by-id.test.ts`,
    ],
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
      `${server}/operations/rights.test.ts`,
    ],
    [`${server}/operations/change-member.ts`]: [
      `${server}/operations/rights.test.ts`,
      `${server}/operations/accounts.test.ts`,
    ],
  },
  audit: { [`${server}/store/audit.ts`]: [] },
  globs: { [`${core}/catalog/glob.ts`]: [] },
  failures: {
    [`${core}/failure.ts`]: [
      `${core}/attempt/failed-attempts.test.ts`,
      `${core}/attempt/next-step.test.ts`,
      `${core}/attempt/run-plan.test.ts`,
    ],
    [`${core}/attempt/next-step.ts`]: [],
    [`${core}/attempt/failed-attempts.ts`]: [],
    [`${core}/attempt/retry-delay.ts`]: [],
    [`${core}/attempt/other-models.ts`]: [],
    [`${core}/health/retry-budget.ts`]: [],
    [`${core}/health/key-marks.ts`]: [`${core}/health/key-ring.test.ts`],
    [`${providers}/retry-after.ts`]: [],
    [`${providers}/error-words.ts`]: [`${providers}/find-error-words.test.ts`],
    [`${providers}/find-error-words.ts`]: [],
    [`${providers}/finish-words.ts`]: [],
    [`${providers}/openai-compatible/classify.ts`]: [`${providers}/error-words.test.ts`],
  },
  settle: {
    [`${core}/attempt/ended-at-bound.ts`]: [],
    [`${core}/attempt/settle.ts`]: [`${core}/attempt/run-plan.test.ts`, `${core}/attempt/end-of-run.test.ts`],
    [`${core}/attempt/prepare.ts`]: [],
    [`${server}/store/group-commit.ts`]: [],
  },
  budgets: {
    [`${limits}/window.ts`]: [],
    [`${limits}/plan-cost.ts`]: [`${limits}/hold-size.test.ts`],
    [`${limits}/hold-size.ts`]: [],
    [`${limits}/would-hold.ts`]: [],
    [`${limits}/held-answer.ts`]: [`${limits}/money-layer.test.ts`, `${limits}/money-races.test.ts`],
    [`${limits}/sliced-answer.ts`]: [],
    [`${limits}/money-layer.ts`]: [`${limits}/money-races.test.ts`, `${limits}/sliced-answer.test.ts`],
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
  leases: {
    [`${server}/store/leases/store-budgets.ts`]: [],
    [`${server}/store/leases/lend.ts`]: lendingTests,
    [`${server}/store/leases/carry-out.ts`]: lendingTests,
    [`${server}/store/leases/kept-budget.ts`]: lendingTests,
    [`${server}/store/leases/trust.ts`]: [`${server}/store/leases/store-budgets.test.ts`],
    [`${sqlite}/leases.ts`]: sqliteLeaseTests,
    [`${sqlite}/kept-budgets.ts`]: sqliteLeaseTests,
    [`${sqlite}/counted-charges.ts`]: sqliteLeaseTests,
    [`${sqlite}/end-owners.ts`]: sqliteLeaseTests,
    [`${sqlite}/row-charges.ts`]: sqliteLeaseTests,
  },
  rates: {
    [`${limits}/rates-layer.ts`]: [`${limits}/token-bound.test.ts`],
    [`${limits}/token-bound.ts`]: [],
    [`${limits}/rate-refused.ts`]: [`${limits}/refusals.test.ts`, `${limits}/rates-layer.test.ts`],
    [`${rates}/rate-kinds.ts`]: [`${rates}/local-rates.test.ts`, localModel],
    [`${rates}/ring-window.ts`]: [`${rates}/local-rates.test.ts`, `${rates}/count-window.test.ts`],
    [`${rates}/bucket-window.ts`]: [`${rates}/local-rates.test.ts`, `${rates}/count-window.test.ts`],
    [`${rates}/rate-counts.ts`]: [
      `${rates}/rate-authority.test.ts`,
      `${rates}/local-rates.test.ts`,
      `${rates}/local-rates-journal.test.ts`,
      `${rates}/shared-rates.test.ts`,
      localModel,
    ],
    [`${rates}/local-rates.ts`]: [
      `${rates}/local-rates-journal.test.ts`,
      `${server}/limits/rate-journal.test.ts`,
      localModel,
    ],
    [`${rates}/held-rate.ts`]: [`${rates}/shared-rates.test.ts`, sharedModel],
    [`${rates}/rate-authority.ts`]: [`${rates}/shared-rates.test.ts`, sharedModel],
    [`${rates}/shared-rates.ts`]: [sharedModel],
    [`${server}/limits/rate-journal.ts`]: [],
    [`${server}/limits/rate-lines.ts`]: [`${server}/limits/rate-journal.test.ts`],
    [`${server}/limits/rate-desk.ts`]: [],
    [`${server}/limits/own-journal.ts`]: [],
  },
  billing: {
    [`${billing}/reckon-invoice.ts`]: [],
    [`${billing}/fee-lines.ts`]: [],
    [`${billing}/usage-lines.ts`]: [],
    [`${billing}/usage-tree.ts`]: [],
    [`${billing}/tax-lines.ts`]: [],
    [`${billing}/credit-at.ts`]: [],
    [`${billing}/as-if-closed.ts`]: [`${billing}/credit-at.test.ts`],
    [`${billing}/account-history.ts`]: [`${billing}/credit-at.test.ts`],
    [`${billing}/billed-before.ts`]: [],
    [`${billing}/plan-at.ts`]: [],
    [`${billing}/plan-parts.ts`]: [],
    [`${billing}/plan-versions.ts`]: [],
    [`${billing}/change-plan.ts`]: [],
    [`${billing}/month.ts`]: [],
    [`${billing}/when-final.ts`]: [],
    [`${billing}/round-cents.ts`]: [],
    [`${billing}/signed-usd.ts`]: [`${billing}/round-cents.test.ts`, ...invoiceTests],
    [`${billing}/spending.ts`]: [],
    [`${billing}/reprice-row.ts`]: [],
    [`${billing}/written-rates.ts`]: [`${billing}/reprice-row.test.ts`],
    [`${billing}/canonical-json.ts`]: [],
    [`${server}/store/invoice-chain.ts`]: [],
    [`${server}/payments/collected-items.ts`]: [],
  },
  limits: {
    [`${limits}/gateway-limit.ts`]: [],
    [`${limits}/own-limits.ts`]: [],
    [`${limits}/limit-standing.ts`]: [],
    [`${limits}/limit-layers.ts`]: [`${limits}/own-limits.test.ts`],
    [`${limits}/refusals.ts`]: [],
    [`${limits}/notices.ts`]: [],
    [`${server}/limits/limit-book.ts`]: [`${server}/limits/plan-limits.test.ts`],
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
    [`${server}/limits/limit-fields.ts`]: [],
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
