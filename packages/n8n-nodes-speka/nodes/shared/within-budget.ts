import type { Asked, AskOptions } from './client.ts'
import type { RunBudget } from './run-budget.ts'

/** Makes one request with what is left of the run's money, when that is limited, and pays for it. */
export async function withinBudget<Body>(
  budget: RunBudget | undefined,
  limits: AskOptions,
  send: (limits: AskOptions) => Promise<Asked<Body>>,
): Promise<Asked<Body>> {
  if (budget === undefined) return send(limits)
  const allowance = await budget.take()
  try {
    const asked = await send({ ...limits, maxCostUsd: allowance.limitUsd })
    allowance.settle(asked.course.costUsd)
    return asked
  } catch (error) {
    throw allowance.failed(error)
  }
}
