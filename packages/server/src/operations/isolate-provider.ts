import { SpekaError } from '@speka/core'
import { z } from 'zod'
import { add, replace } from './change.ts'
import { id } from './fields.ts'
import { runningGateway } from './gateway-view.ts'
import { operation } from './operation.ts'

/** What the operator has said of a provider. */
const isolationView = z.object({ name: z.string(), isolated: z.boolean(), revision: z.number() })

/**
 * Takes a provider out, or lets it in again: within a second nothing more is sent to one that is out, by any process, until
 * it is let in. What is under way with it goes on.
 */
const setIsolated = (isolated: boolean) =>
  operation({
    right: 'gateway.write',
    input: z.strictObject({ name: id }),
    output: isolationView,
    async run(parts, { name }, actor) {
      const before = await parts.store.registry.get('provider', name)
      const known = await runningGateway(parts.gateway).providers()
      // One that is no longer configured can still be let in: its name may come back.
      if (before === undefined && !known.some((provider) => provider.name === name))
        throw new SpekaError(
          'not_found',
          `No provider is called "${name}". There is ${known.map((one) => one.name).join(', ')}.`,
        )
      if (before?.record.isolated === isolated) return { name, isolated, revision: before.revision }
      const action = isolated ? 'provider.isolate' : 'provider.restore'
      const after = { id: name, account: '', createdAt: before?.record.createdAt ?? parts.now(), isolated }
      const { revision } =
        before === undefined
          ? await add(parts, actor, action, 'provider', after)
          : await replace(parts, actor, action, before, after)
      return { name, isolated, revision }
    },
  })

/** Takes a provider out. @throws SpekaError `not_found` */
export const isolateProvider = setIsolated(true)

/** Lets a provider in again. @throws SpekaError `not_found` */
export const restoreProvider = setIsolated(false)
