import type { RoutingTable } from '@speka/core/internal'
import { readHistory } from './billing/account-history.ts'
import { configuredKeysOf, readInForce, termsFor } from './billing/billing-in-force.ts'
import { capOf, creditAt } from './billing/credit-at.ts'
import { keepPlanVersions } from './billing/keep-plan-versions.ts'
import { ConfigError } from './config/config-error.ts'
import { hideSecrets } from './config/hide-secrets.ts'
import type { Config } from './config/load-config.ts'
import { configuredKeyId, unmarkedTestKeys } from './keys/configured-key.ts'
import { configuredLimits } from './limits/configured-limits.ts'
import type { ReadCap } from './limits/cap-book.ts'
import type { CompiledLimits } from './limits/limit-book.ts'
import { putOnPlans } from './limits/put-on-plans.ts'
import { DEFAULT_ACCOUNT, type Store } from './store/store.ts'

/** Has the book limit what a configuration says, beside what the registry has. */
export function configureBook(book: CompiledLimits, { keys, limits, plans, planOf, loadedAt }: Config): void {
  const limited = keys.map(({ name, key, limits: amounts }) => ({
    id: configuredKeyId({ name, key }),
    name,
    account: DEFAULT_ACCOUNT,
    limits: amounts,
  }))
  const testKeys = unmarkedTestKeys(keys)
  book.configure({ limits: configuredLimits(limits, limited, loadedAt), plans, planOf, testKeys, loadedAt })
}

/**
 * Refuses a configuration whose limits cannot be kept: models to fall back to that there are not, accounts that there are not,
 * and plans that it does not know any more while accounts are on them.
 *
 * @throws ConfigError
 */
export function checkLimits(book: CompiledLimits, config: Config, table: Pick<RoutingTable, 'find'>): void {
  const unknown = book.unknownAccounts(config).map(unknownAccount)
  const problems = [...unknownFallbacks(config, table), ...unknown, ...plansGone(book, config)]
  if (problems.length > 0) throw new ConfigError(problems)
}

/**
 * Reads what the registry limits, and puts accounts on the plans that the configuration says.
 *
 * @throws ConfigError when the configuration names accounts that there are not, or knows no plan that an account is on.
 */
export async function readBook(book: CompiledLimits, { registry }: Store, config: Config): Promise<void> {
  const unknown = await putOnPlans(registry, config.planOf, Date.now())
  if (unknown.length > 0) throw new ConfigError(unknown.map(unknownAccount))
  await book.read(registry)
  const gone = plansGone(book, config)
  if (gone.length > 0) throw new ConfigError(gone)
  // Of a configuration that can be used alone: what the others say was never in force.
  await keepPlanVersions(registry, config.plans, Date.now())
}

/** Reads from the store up to what an account may use of a month before its invoice would charge for usage. */
export const capsIn =
  (store: Store, config: () => SaidOfPlans): ReadCap =>
  async (id, at) => {
    const account = (await store.registry.get('account', id))?.record
    if (account === undefined) return undefined
    const { plans, planOf, keys } = config()
    const said = { plans, planOf, keys: { names: new Map<string, string>(), testKeys: unmarkedTestKeys(keys) } }
    const inForce = await readInForce(store.registry, said, at)
    const history = await readHistory(store, account, configuredKeysOf(inForce, account))
    return capOf(await creditAt(store, history, (month) => termsFor(inForce, account, month, at), at), at)
  }

type SaidOfPlans = Pick<Config, 'plans' | 'planOf' | 'keys'>

/** What is said of an account that only the configuration knows. */
export const unknownAccount = (account: string): string =>
  `accounts.${hideSecrets(account)}: there is no such account. "speka accounts list" shows the accounts there are`

function unknownFallbacks({ limits }: Config, table: Pick<RoutingTable, 'find'>): string[] {
  return limits.flatMap(({ fallback = [] }, index) =>
    fallback.flatMap((model, place) =>
      table.find(model) === undefined
        ? [`limits[${index}].fallback[${place}]: no model is called "${hideSecrets(model)}"`]
        : [],
    ),
  )
}

/** An account never falls to no limits. */
const plansGone = (book: CompiledLimits, config: Config): string[] =>
  book
    .withoutPlan(config)
    .map(
      ({ account, plan }) =>
        `plans.${hideSecrets(plan)}: is not there, and the account ${account} is on it. Put the plan back, or the account on another: speka accounts plan ${account} PLAN`,
    )
