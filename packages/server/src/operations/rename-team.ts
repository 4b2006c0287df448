import { z } from 'zod'
import { expectRevision, replace } from './change.ts'
import { id, name, revision } from './fields.ts'
import { operation } from './operation.ts'
import { findOwn } from './own-account.ts'
import { teamView, viewTeam } from './team-view.ts'

/** Gives a team another name. Keys, limits and usage go by its id, and stay with it. @throws SpekaError `not_found`, `conflict` */
export const renameTeam = operation({
  right: 'teams.write',
  input: z.strictObject({ id, name, revision }),
  output: teamView,
  async run(parts, { id, name, revision }, actor) {
    const before = await findOwn(parts, actor, 'team', id)
    expectRevision(before, revision)
    if (before.record.name === name) return viewTeam(before)
    return viewTeam(await replace(parts, actor, 'team.rename', before, { ...before.record, name }))
  },
})
