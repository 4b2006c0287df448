import { wrongWith } from './check-answer.ts'
import type { Contestant, ContestantName, Entrant } from './contestants/contestant.ts'
import type { Ask } from './load/job.ts'
import type { Stage } from './stage.ts'

/**
 * Asks every contestant once and reads the whole answer.
 *
 * @throws Error when one of them does not pass the upstream's answer on.
 */
export async function check(
  stage: Stage,
  entrants: readonly Entrant[],
  running: ReadonlyMap<ContestantName, Contestant>,
  ask: Ask,
): Promise<void> {
  for (const { name, title } of entrants) {
    const contestant = running.get(name)
    if (contestant === undefined) continue
    const wrong = wrongWith(await stage.load.run({ kind: 'probe', endpoint: contestant.endpoint, ask }), ask)
    if (wrong !== undefined) throw new Error(`${title} does not answer ${ask.model} as the upstream does: ${wrong}`)
  }
}
