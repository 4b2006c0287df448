import { z } from 'zod'
import { runningGateway } from './gateway-view.ts'
import { operation } from './operation.ts'

/** Every model that the gateway knows, callable or not, with its price and who serves it. */
export const listModels = operation({
  right: 'models.read',
  input: z.strictObject({}),
  run: async ({ gateway }) => ({ data: await runningGateway(gateway).models() }),
})
