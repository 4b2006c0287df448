import { isRecord, type Json } from '../json.ts'

/** Fields that steer the gateway or carry the request itself: no upstream is asked whether it takes them. */
const ALWAYS_TAKEN = new Set([
  'model',
  'models',
  'provider',
  'metadata',
  'session_id',
  'messages',
  'input',
  'stream',
  'stream_options',
])

/** Values that ask for nothing but what happens anyway. */
const asksNothing: Readonly<Record<string, (value: unknown) => boolean>> = {
  n: (value) => value === 1,
  logprobs: (value) => value === false,
  top_logprobs: (value) => value === 0,
  frequency_penalty: (value) => value === 0,
  presence_penalty: (value) => value === 0,
  logit_bias: (value) => isRecord(value) && Object.keys(value).length === 0,
  parallel_tool_calls: (value) => value === true,
  response_format: (value) => isRecord(value) && value['type'] === 'text',
  service_tier: (value) => value === 'auto' || value === 'default',
  store: (value) => value === false,
}

/** Whether a parameter was sent to some effect: not `null`, not a value that changes nothing. */
export function isSent(request: Json, name: string): boolean {
  const value = request[name]
  if (value === undefined || value === null) return false
  return !(Object.hasOwn(asksNothing, name) && asksNothing[name]?.(value) === true)
}

/** The parameters that were sent to some effect and are not among `taken`, in the caller's order. */
export const parametersLeft = (request: Json, taken: ReadonlySet<string>): string[] =>
  Object.keys(request).filter((name) => !ALWAYS_TAKEN.has(name) && !taken.has(name) && isSent(request, name))
