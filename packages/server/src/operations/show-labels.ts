import { z } from 'zod'
import { id } from './fields.ts'
import { keyView } from './key-view.ts'
import { limitView } from './limit-view.ts'
import { listKeys } from './list-keys.ts'
import { listLimits } from './list-limits.ts'
import { listTeams } from './list-teams.ts'
import { operation } from './operation.ts'
import { mayDo } from './rights.ts'
import { teamView } from './team-view.ts'

const labelledKey = keyView.pick({ account: true, team: true, environment: true, status: true })

/** What keys are told apart by, which keys bear it, and what limits it. */
const labelsView = z.object({
  teams: z.array(teamView),
  /** What each key is labelled with; `null`: to know which keys there are is not yours. */
  keys: z.array(labelledKey).nullable(),
  limits: z.array(limitView),
})

/** The teams and, by what is on keys, the environments, with the limits there are: of one account, or of all that one may see. */
export const showLabels = operation({
  right: 'teams.read',
  input: z.strictObject({ account: id.optional() }),
  output: labelsView,
  async run(parts, asked, actor): Promise<z.output<typeof labelsView>> {
    const [teams, limits, keys] = await Promise.all([
      listTeams(parts, actor, asked),
      listLimits(parts, actor, asked),
      mayDo(actor, 'keys.read') ? listKeys(parts, actor, asked) : null,
    ])
    return {
      teams,
      limits,
      keys: keys?.map(({ account, team, environment, status }) => ({ account, team, environment, status })) ?? null,
    }
  },
})
