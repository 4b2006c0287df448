import { z } from 'zod'
import { oneOf } from './fields.ts'
import { providerView, runningGateway, targetView } from './gateway-view.ts'
import { operation } from './operation.ts'

/** A provider of the list, with its targets where they were asked for. */
const listedProvider = providerView.extend({ targets: z.array(targetView).optional() })

/** The providers, whether they are in use, and what became of their keys. */
export const listProviders = operation({
  right: 'gateway.read',
  input: z.strictObject({
    /** `targets`: with each provider how its targets fare. */
    include: oneOf(['targets']).optional(),
  }),
  output: z.array(listedProvider),
  async run({ gateway }, { include }): Promise<z.output<typeof listedProvider>[]> {
    const running = runningGateway(gateway)
    if (include === undefined) return [...(await running.providers())]
    const [providers, targets] = await Promise.all([running.providers(), running.targets()])
    return providers.map((provider) => ({
      ...provider,
      targets: targets.filter((one) => one.provider === provider.name),
    }))
  },
})
