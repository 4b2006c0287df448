import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readSettings } from '../../packages/server/src/config/settings.ts'
import { operationParts } from '../../packages/server/src/cli/with-store.ts'
import type { OperationParts } from '../../packages/server/src/operations/operation.ts'
import { storeIn } from '../../packages/server/src/store/open-store.ts'
import type { Store } from '../../packages/server/src/store/store.ts'
import type { PlanSaid, Tax } from './oracle.ts'

/** The taxes of the simulated world: one plain, one with a fraction, one that business buyers owe themselves. */
export const taxes: readonly Tax[] = [
  { country: 'DE', percent: '19', reverseCharge: false },
  { country: 'CH', percent: '8.1', reverseCharge: false },
  { country: 'FR', percent: '20', reverseCharge: true },
]

const CONFIG = 'speka.json'

/** Writes the configuration that every process of the simulation reads, with the plans that are others than the ones that ship. */
export const writeConfig = (folder: string, plans: readonly PlanSaid[] = []): Promise<void> =>
  writeFile(
    join(folder, CONFIG),
    JSON.stringify({
      plans: Object.fromEntries(
        plans.map(({ name, fee, included, stops }) => [
          name,
          { price_usd: fee, included_usd: included, overage: stops ? 'stop' : 'bill' },
        ]),
      ),
      billing: {
        seller: { name: 'Speka Test Ltd', address: '1 Long Road', country: 'DE', tax_id: 'DE123456789' },
        tax: taxes.map(({ country, percent, reverseCharge }) => ({
          country,
          rate: percent,
          ...(reverseCharge && { reverse_charge: true }),
        })),
      },
    }),
  )

/** A store on the disk, and operations whose time is what they are told. */
export interface SimulatedStore {
  readonly store: Store
  readonly parts: OperationParts
  /** The time of the operations, in ms since the epoch. */
  readonly clock: { now: number }
}

/** @param settles whether rows will be written */
export async function openSimulated(folder: string, settles: boolean): Promise<SimulatedStore> {
  const settings = readSettings({ SPEKA_DATA_DIR: join(folder, 'data'), SPEKA_CONFIG: join(folder, CONFIG) }, {})
  const store = await storeIn(settings.dataDir).open({ settles, foldWaitMs: Infinity })
  const clock = { now: 0 }
  return { store, clock, parts: { ...operationParts(settings, store), now: () => clock.now } }
}
