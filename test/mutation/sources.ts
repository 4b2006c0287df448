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
  Object.entries(files).map(([file, more]) => ({ part, file, tests: [...besideOf(file), ...more] })),
)
