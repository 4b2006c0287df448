import { SpekaError } from '@speka/core'
import { actorName, type Actor } from '../actor.ts'
import type { ChangeBy } from '../store/registry.ts'

/** What comes of payments is done in the operator's name: he has said so in the configuration. */
export const paymentsActor: Actor = { kind: 'operator', by: 'payments' }

export const changedBy = (action: string, at: number): ChangeBy => ({ at, actor: actorName(paymentsActor), action })

/** How often to begin again when somebody else has changed the same meanwhile. */
const ATTEMPTS = 10

/** Does what reads records and writes them, again from the start when one of them was changed in between. */
export async function untilUndisturbed<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let n = 1; ; n += 1) {
    try {
      return await attempt()
    } catch (error) {
      // `invalid_value`: a new record that somebody else has made a moment before.
      const isDisturbed = SpekaError.is(error) && (error.code === 'conflict' || error.code === 'invalid_value')
      if (!isDisturbed || n === ATTEMPTS) throw error
    }
  }
}
