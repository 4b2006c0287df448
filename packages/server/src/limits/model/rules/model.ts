import { GatewayProcess } from './process.ts'
import type { Implementation } from './seams.ts'
import { ModelStore } from './store.ts'

/** The rules, as they stand in docs/owners.md. */
export const model: Implementation = {
  openStore: (around) => new ModelStore(around),
  startProcess: (around) => new GatewayProcess(around),
}
