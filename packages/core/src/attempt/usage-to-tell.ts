import type { Json } from '../json.ts'
import { usageJsonOf } from '../meter/estimate-usage.ts'
import type { Usage } from '../usage.ts'
import type { AttemptOrder } from './attempt.ts'

/** Usage that is not as the provider told it, in the dialect of the answer that it belongs to. */
export function usageToTell(usage: Usage, { native, call }: Pick<AttemptOrder, 'native' | 'call'>): Json {
  if (native === undefined) return usageJsonOf(usage, call)
  const { estimated } = usage
  return { ...native.operation.writeUsage(usage), ...(estimated === true && { estimated }) }
}
