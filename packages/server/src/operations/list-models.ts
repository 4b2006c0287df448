import { z } from 'zod'
import { modelView, runningGateway } from './gateway-view.ts'
import { operation } from './operation.ts'

/** Every model that the gateway knows, callable or not, with its price and who serves it. */
export const listModels = operation({
  right: 'models.read',
  input: z.strictObject({}),
  output: z.array(modelView),
  run: async ({ gateway }) => [...(await runningGateway(gateway).models())],
})
