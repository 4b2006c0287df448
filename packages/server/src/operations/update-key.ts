import { z } from 'zod'
import type { KeyRecord } from '../store/records.ts'
import { changeBy, expectRevision } from './change.ts'
import { refusePast } from './create-key.ts'
import { id, keyLimits, moment, name, revision } from './fields.ts'
import { checkLabels, keyLabels } from './key-labels.ts'
import { keyView, viewKey } from './key-view.ts'
import { limitsOfChanged, limitsOfKey } from './limits-of-key.ts'
import { operation } from './operation.ts'
import { findOwn } from './own-account.ts'
import { isInUse, roomForOneMore } from './plans.ts'

/**
 * Changes what a key is called, its labels, what it may do and when it ends. What is left out stays; `null` takes away. Its next
 * request is judged by it.
 *
 * @throws SpekaError `key_not_found`, `not_found`, `conflict`; `invalid_value`, also when a key that had expired would be one
 *   more than the plan has
 */
export const updateKey = operation({
  right: 'keys.write',
  input: z.strictObject({
    id,
    name: name.optional(),
    team: keyLabels.team.nullish(),
    member: keyLabels.member.nullish(),
    environment: keyLabels.environment.nullish(),
    tags: keyLabels.tags.nullish(),
    models: keyLimits.models.nullish(),
    endpoints: keyLimits.endpoints.nullish(),
    providers: keyLimits.providers.nullish(),
    expires_at: moment.nullish(),
    /** How much it may use. It takes the right to set limits. */
    limits: limitsOfKey.optional(),
    revision,
  }),
  output: keyView,
  async run(parts, input, actor) {
    const before = await findOwn(parts, actor, 'key', input.id)
    expectRevision(before, input.revision)
    const old = before.record
    if (input.expires_at !== null) refusePast('expires_at', input.expires_at, parts.now())
    const after: KeyRecord = {
      ...old,
      name: input.name ?? old.name,
      team: changed(old.team, input.team),
      member: changed(old.member, input.member),
      environment: changed(old.environment, input.environment),
      tags: changed(old.tags, input.tags),
      limits: {
        models: changed(old.limits.models, input.models),
        endpoints: changed(old.limits.endpoints, input.endpoints),
        providers: changed(old.limits.providers, input.providers),
      },
      expiresAt: changed(old.expiresAt, input.expires_at),
    }
    await checkLabels(parts, actor, {
      account: old.account,
      team: input.team ?? undefined,
      member: input.member ?? undefined,
    })
    const { registry } = parts.store
    const at = parts.now()
    // One that had ended and works again is one key more, and is written with its account, as a new one is.
    const isRevived = !isInUse(old, at) && isInUse(after, at)
    const account = isRevived ? await roomForOneMore(parts, old.account) : []
    const limits = input.limits === undefined ? [] : await limitsOfChanged(registry, actor, after, input.limits, at)
    const write = { kind: 'key', before, after } as const
    const [kept] = await registry.change([write, ...limits, ...account], changeBy(actor, 'key.update', at))
    return viewKey(parts, kept)
  },
})

/** What becomes of a value: `undefined` leaves it, `null` takes it away. */
const changed = <Value>(old: Value | undefined, wanted: Value | null | undefined): Value | undefined =>
  wanted === undefined ? old : (wanted ?? undefined)
