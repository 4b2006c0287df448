import type { AnswerSink } from '../engine.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import type { Bytes } from '../transport.ts'

/** Hands a record over, and goes on once it is durable: nothing final leaves before. */
export function settle(
  sink: AnswerSink,
  record: UsageRecord,
  then: () => void,
  otherwise: (cause: unknown) => void,
  rest?: () => readonly Bytes[],
): void {
  let settled: void | Promise<void>
  try {
    settled = sink.settle(record, rest)
  } catch (cause) {
    otherwise(cause)
    return
  }
  if (settled === undefined) then()
  else settled.then(then, otherwise)
}
