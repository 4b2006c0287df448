import { z } from 'zod'
import { mintId } from '../keys/key-format.ts'
import { add } from './change.ts'
import { id, name } from './fields.ts'
import { operation } from './operation.ts'
import { accountOf } from './own-account.ts'
import { teamView, viewTeam } from './team-view.ts'

/** Makes a team: a label on keys, by which usage is told apart. @throws SpekaError `not_found` */
export const createTeam = operation({
  right: 'teams.write',
  input: z.strictObject({
    name,
    /** Default: one's own. */
    account: id.optional(),
  }),
  output: teamView,
  async run(parts, { name, account: asked }, actor) {
    const { record } = await accountOf(parts, actor, asked)
    const team = { id: mintId('team'), account: record.id, name, createdAt: parts.now() }
    return viewTeam(await add(parts, actor, 'team.create', 'team', team))
  },
})
