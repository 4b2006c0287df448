import type { Engine } from '../engine.ts'
import type { SpekaError } from '../errors.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import type { Bytes } from '../transport.ts'
import type { Call } from '../operations/call.ts'
import { join } from '../bytes/splice.ts'
import { aborted, type Settle } from './iterate.ts'

/** A JSON answer, or one of bytes, whole, and what became of the request. */
export interface CollectedAnswer {
  readonly body: Buffer
  readonly record: UsageRecord
  /** What it is, when it is not JSON. */
  readonly contentType: string | undefined
}

/**
 * Waits for a JSON answer.
 *
 * @throws SpekaError when no target answered; the signal's reason when it was aborted.
 */
export function collect(engine: Engine, call: Call, settle: Settle, signal?: AbortSignal): Promise<CollectedAnswer> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(aborted(signal))
      return
    }
    let contentType: string | undefined
    /** Of an answer of bytes, all but the last. */
    const written: Bytes[] = []
    const run = engine.start(call, {
      commit(by) {
        contentType = by.contentType
      },
      write: (bytes) => written.push(bytes) > 0,
      settle: (record) => settle(record),
      finish(tail: readonly Bytes[], record) {
        signal?.removeEventListener('abort', abort)
        resolve({ body: join(written.length === 0 ? tail : [...written, ...tail]), record, contentType })
      },
      fail: rejected,
      refuse: rejected,
    })
    function rejected(error: SpekaError): void {
      signal?.removeEventListener('abort', abort)
      reject(error)
    }
    function abort(): void {
      run.abort()
      reject(aborted(signal))
    }
    signal?.addEventListener('abort', abort)
  })
}
