import { SpekaError, type Call, type ConfiguredEngine } from '@speka/core'
import { budgetsNow, modelsOfCall, type RoutePlan } from '@speka/core/internal'
import type { Config } from '../config/load-config.ts'
import { capsIn, configureBook } from '../configured-book.ts'
import { configuredKeyId, configuredRecord } from '../keys/configured-key.ts'
import { endOf } from '../keys/key-refusal.ts'
import { explainLimits, explainUncounted, type ExplainedLimits } from '../limits/explain-limits.ts'
import { CapBook } from '../limits/cap-book.ts'
import { CompiledLimits } from '../limits/limit-book.ts'
import type { OperationParts } from '../operations/operation.ts'
import { findOwn } from '../operations/own-account.ts'
import type { KeyRecord } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import { operator } from './command.ts'

/**
 * The key with an id, of the configuration too, if it can be used.
 *
 * @throws SpekaError `key_not_found`, `invalid_api_key`, `account_suspended`
 */
export async function keyToExplain(parts: OperationParts, { keys }: Config, id: string): Promise<KeyRecord> {
  const configured = keys.find((key) => configuredKeyId(key) === id)
  // Nobody is let in by it, so that its digest may be any.
  if (configured !== undefined) return configuredRecord(configured, Buffer.alloc(0))
  const { record } = await findOwn(parts, operator, 'key', id)
  const ended = endOf(record, parts.now())
  if (ended !== undefined) throw ended
  const account = await findOwn(parts, operator, 'account', record.account)
  if (account.record.status === 'suspended')
    throw new SpekaError(
      'account_suspended',
      `The account ${record.account} is suspended: nothing of it is let through.`,
    )
  return record
}

/** What would limit a call, as far as the store knows: how far a rate is used only the running gateway can tell. */
export async function limitsOfCall(
  store: Store,
  { config, engine, call, plan }: { config: Config; engine: ConfiguredEngine; call: Call; plan: RoutePlan },
): Promise<ExplainedLimits> {
  const { registry, budgets } = store
  const book = new CompiledLimits({
    modelsOf: (asked) => modelsOfCall(asked, engine.table, config.gateway.routing),
    caps: new CapBook(capsIn(store, () => config)),
  })
  configureBook(book, config)
  await book.read(registry)
  // Asked for once before, as by another key, so that it is known when it is asked for.
  if (call.subjects !== undefined) book.alwaysAppliedTo({ ...call.subjects })
  await book.settled()
  const { money, rates } = book.appliedTo(call) ?? { money: [], rates: [] }
  const known = await budgetsNow(money, budgets, call.receivedAt)
  return explainLimits(call, plan, engine.maxAttempts, { money: known, rates: rates.map(explainUncounted) })
}
