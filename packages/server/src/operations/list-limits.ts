import { z } from 'zod'
import { id, page, severalOf } from './fields.ts'
import { limitView, viewLimit, viewLimits } from './limit-view.ts'
import { operation } from './operation.ts'
import { accountToList, behind, findOwn } from './own-account.ts'
import { subjectNames } from './subject-names.ts'

/** A limit of a list, with what was asked for beside. */
const listedLimitView = limitView.extend({
  /** What the key, team or member is called whose requests it counts; `null`: it is of none, or whoever asks may not see it. */
  subject_name: z.string().nullable().optional(),
})

/** Limits, removed ones too, oldest first. */
export const listLimits = operation({
  right: 'limits.read',
  input: z.strictObject({
    account: id.optional(),
    /** What to show with each limit that is kept elsewhere: `name`, what its subject is called. */
    include: severalOf(['name']).optional(),
    ...page,
  }),
  output: z.array(listedLimitView),
  async run(parts, { account: asked, include = [], after, limit }, actor): Promise<z.output<typeof listedLimitView>[]> {
    const account = await accountToList(parts, actor, asked)
    await behind(parts, actor, 'limit', after)
    const limits = await viewLimits(parts, await parts.store.registry.list('limit', { account, after, limit }))
    if (!include.includes('name')) return limits
    const names = await subjectNames(parts, actor, limits)
    return limits.map((each) => ({ ...each, subject_name: names.get(each.subject.id ?? '') ?? null }))
  },
})

/** One limit. @throws SpekaError `not_found` */
export const showLimit = operation({
  right: 'limits.read',
  input: z.strictObject({ id }),
  output: limitView,
  run: async (parts, { id }, actor) => viewLimit(parts, await findOwn(parts, actor, 'limit', id)),
})
