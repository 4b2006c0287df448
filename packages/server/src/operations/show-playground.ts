import { z } from 'zod'
import type { Actor } from '../actor.ts'
import { id } from './fields.ts'
import { runningGateway } from './gateway-view.ts'
import { operation, type OperationParts } from './operation.ts'
import { accountOf } from './own-account.ts'
import { keysToPlayWith } from './playground-key.ts'

/** A key that can be chosen. */
export const playgroundKey = z.object({
  id: z.string(),
  name: z.string(),
  mode: z.enum(['live', 'test']),
})

/** The models that answer now, and the keys that whoever asks may ask them with. */
export const showPlayground = operation({
  right: 'playground.use',
  input: z.strictObject({ account: id.optional() }),
  output: z.object({
    object: z.literal('playground'),
    models: z.array(z.object({ id: z.string(), endpoints: z.array(z.string()).readonly() })),
    keys: z.array(playgroundKey),
  }),
  async run(parts, { account }, actor) {
    const keys = await playgroundKeys(parts, actor, account)
    const models = await runningGateway(parts.gateway).models()
    return {
      object: 'playground' as const,
      models: models
        .filter(({ providers }) => providers.length > 0)
        .map(({ id: model, endpoints }) => ({ id: model, endpoints })),
      keys,
    }
  },
})

/** The keys of an account, one's own by default, as they are to be chosen from. */
export async function playgroundKeys(
  parts: OperationParts,
  actor: Actor,
  asked: string | undefined,
): Promise<z.output<typeof playgroundKey>[]> {
  const account = (await accountOf(parts, actor, asked)).record.id
  const keys = await keysToPlayWith(parts, actor, account)
  return keys.map(({ id: key, name, mode }) => ({ id: key, name, mode }))
}
