import { z } from 'zod'
import { providerView, runningGateway } from './gateway-view.ts'
import { operation } from './operation.ts'

/** The providers, whether they are in use, and what became of their keys. */
export const listProviders = operation({
  right: 'gateway.read',
  input: z.strictObject({}),
  output: z.array(providerView),
  run: async ({ gateway }) => [...(await runningGateway(gateway).providers())],
})
