import { z } from 'zod'
import { oneOf } from './fields.ts'
import { modelView, runningGateway, targetView } from './gateway-view.ts'
import { operation } from './operation.ts'
import { demandRight } from './rights.ts'

/** A model of the list, with its targets where they were asked for. */
const listedModel = z.intersection(modelView, z.object({ targets: z.array(targetView).optional() }))

/** Every model that the gateway knows, callable or not, with its price and who serves it. */
export const listModels = operation({
  right: 'models.read',
  input: z.strictObject({
    /** `targets`: with each model how its targets fare. */
    include: oneOf(['targets']).optional(),
  }),
  output: z.array(listedModel),
  async run({ gateway }, { include }, actor): Promise<z.output<typeof listedModel>[]> {
    const running = runningGateway(gateway)
    if (include === undefined) return [...(await running.models())]
    demandRight(actor, 'gateway.read')
    const [models, targets] = await Promise.all([running.models(), running.targets()])
    return models.map((model) => ({ ...model, targets: targets.filter((one) => one.model === model.id) }))
  },
})
