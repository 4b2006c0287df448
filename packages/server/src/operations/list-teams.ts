import { z } from 'zod'
import { id, page } from './fields.ts'
import { operation } from './operation.ts'
import { accountToList, behind } from './own-account.ts'
import { teamView, viewTeam } from './team-view.ts'

/** Teams, oldest first. */
export const listTeams = operation({
  right: 'teams.read',
  input: z.strictObject({ account: id.optional(), ...page }),
  output: z.array(teamView),
  async run(parts, { account: asked, after, limit }, actor) {
    const account = await accountToList(parts, actor, asked)
    await behind(parts, actor, 'team', after)
    return (await parts.store.registry.list('team', { account, after, limit })).map(viewTeam)
  },
})
