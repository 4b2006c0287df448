import { SpekaError } from '@speka/core'
import { readSettings, type Settings } from '../config/settings.ts'
import { collectorIn, plansInForce } from '../configured-operations.ts'
import { openPepper } from '../keys/pepper.ts'
import type { Collector } from '../operations/collector.ts'
import type { OperationParts } from '../operations/operation.ts'
import type { PlansInForce } from '../operations/plans.ts'
import { storeOf, type StorePlace } from '../store/open-store.ts'
import type { Store } from '../store/store.ts'
import { text, type Invocation } from './command.ts'
import { showFolding } from './show-folding.ts'

/** The option by which a command finds the store. */
export const dataOption = { data: { type: 'string' } } as const

/** The option by which a command finds the plans that the configuration has. */
export const configOption = { config: { type: 'string' } } as const

/** What is done while the store is open. */
type Use<Result> = (parts: OperationParts) => Promise<Result>

/** Opens the store for as long as `use` needs it for its operations. A server may be using it at the same time. */
export const withStore = <Result>(invocation: Invocation, use: Use<Result>): Promise<Result> =>
  whileOpen(invocation, (place) => place.open(patient(invocation)), use)

/** The same for a command that only reads: it need not make a store. */
export const withStoreToRead = <Result>(invocation: Invocation, use: Use<Result>): Promise<Result> =>
  whileOpen(invocation, (place) => place.openToRead(patient(invocation)), use)

/** A command has no reason to give up before it has what it was asked for. */
const patient = ({ terminal }: Invocation) => ({ foldWaitMs: Infinity, onFolding: showFolding(terminal) })

async function whileOpen<Result>(
  { options, variables }: Invocation,
  open: (place: StorePlace) => Promise<Store>,
  use: Use<Result>,
): Promise<Result> {
  const settings = readSettings(variables, { data: text(options, 'data'), config: text(options, 'config') })
  const store = await open(storeOf(settings))
  try {
    return await use(operationParts(settings, store))
  } finally {
    await store.close()
  }
}

/** What operations need of a process that has no gateway of its own. */
export const operationParts = (settings: Settings, store: Store): OperationParts => ({
  store,
  pepper: () => openPepper(settings.keyPepper, settings.dataDir, store.registry, store.replicas),
  now: Date.now,
  plans: () => plansOf(settings),
  collector: () => collectorOf(settings),
})

/** What the configuration says of plans as it is now. @throws SpekaError `invalid_request` when it cannot be read. */
async function plansOf(settings: Settings): Promise<PlansInForce> {
  // Few commands need it, and reading YAML takes a while to load.
  const { loadConfig } = await import('../config/load-config.ts')
  try {
    return plansInForce(loadConfig(settings))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new SpekaError('invalid_request', `Plans stand in the configuration, which cannot be used. ${reason}`, {
      cause,
    })
  }
}

/** Who takes payments by the configuration as it is now. @throws SpekaError `invalid_request` when it, or they, cannot be used. */
async function collectorOf(settings: Settings): Promise<Collector | undefined> {
  const { loadConfig } = await import('../config/load-config.ts')
  try {
    return await collectorIn(loadConfig(settings))
  } catch (cause) {
    throw new SpekaError('invalid_request', cause instanceof Error ? cause.message : String(cause), { cause })
  }
}
