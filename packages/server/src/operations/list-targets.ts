import { z } from 'zod'
import { targetView, runningGateway } from './gateway-view.ts'
import { operation } from './operation.ts'

/** Every target that is configured by name, and what is known of it. */
export const listTargets = operation({
  right: 'gateway.read',
  input: z.strictObject({}),
  output: z.array(targetView),
  run: async ({ gateway }) => [...(await runningGateway(gateway).targets())],
})
