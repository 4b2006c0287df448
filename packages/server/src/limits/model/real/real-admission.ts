import type { Amount, BudgetId } from '../rules/messages.ts'
import { GatewayProcess } from '../rules/process.ts'
import type { Implementation } from '../rules/seams.ts'
import { ModelStore } from '../rules/store.ts'
import type { Between } from './between.ts'
import { Caps } from './caps.ts'
import { RealOwner } from './real-owner.ts'

/** The gateway's own admission in the model's world, over the model's store. One for each run. */
export function realAdmission(between: Between = {}): Implementation {
  const caps = new Caps()
  class Store extends ModelStore {
    override setCap(budget: BudgetId, cap: Amount): void {
      caps.set(budget, cap)
      super.setCap(budget, cap)
    }
  }
  return {
    openStore: (around) => new Store(around),
    startProcess: (around) =>
      new GatewayProcess(
        around,
        (id, registeredAt, surroundings, fenced) =>
          new RealOwner(id, registeredAt, surroundings, fenced, { caps, between }),
      ),
  }
}
