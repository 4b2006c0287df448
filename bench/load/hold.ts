import { setTimeout as wait } from 'node:timers/promises'
import { processUsage } from '../measure/process-usage.ts'
import { FIRST_TOKEN } from '../upstream/answers.ts'
import { Caller } from './caller.ts'
import { ErrorCount } from './error-count.ts'
import type { HoldJob, HoldResult } from './job.ts'
import { requestBytes } from './request-bytes.ts'

/** How many streams are opened at a time. */
const AT_A_TIME = 100
const OPENED_WITHIN_MS = 10_000
const SETTLED_AFTER_MS = 1500
/** The part of the streams that is open before the first reading, so that what a server needs but once is not counted. */
const FIRST_PART = 0.2

/** Opens streams that say one token and then nothing, and reads the server's memory with some of them open and with all. */
export async function hold({ endpoint, streams, watched }: HoldJob): Promise<HoldResult> {
  const errors = new ErrorCount()
  const ask = { model: 'mock-idle', stream: true, prompt: { kind: 'prose', bytes: 600 } } as const
  const request = requestBytes(endpoint, ask)
  const callers: Caller[] = []

  const openOne = (): Promise<void> =>
    new Promise((resolve) => {
      let isOpen = false
      const late = setTimeout(() => fail(`a stream did not open within ${OPENED_WITHIN_MS / 1000} s`), OPENED_WITHIN_MS)
      const fail = (why: string): void => {
        clearTimeout(late)
        errors.add(why)
        resolve()
      }
      const caller = new Caller(endpoint.port, request, {
        body(bytes) {
          if (isOpen || !bytes.includes(FIRST_TOKEN)) return
          isOpen = true
          clearTimeout(late)
          resolve()
        },
        answered: (status) => fail(`status ${status}: a stream ended that should have been silent`),
        failed: fail,
      })
      callers.push(caller)
      caller.ask()
    })

  const openUpTo = async (count: number): Promise<number | undefined> => {
    while (callers.length < count && errors.count === 0) {
      await Promise.all(Array.from({ length: Math.min(AT_A_TIME, count - callers.length) }, openOne))
    }
    await wait(SETTLED_AFTER_MS)
    return watched.serverPid === undefined ? undefined : processUsage(watched.serverPid)?.rssBytes
  }

  const few = Math.round(streams * FIRST_PART)
  const withFew = await openUpTo(few)
  const withAll = await openUpTo(streams)
  for (const caller of callers) caller.close()
  return {
    streams,
    errors: errors.count,
    errorWords: errors.words,
    bytesPerStream: withFew === undefined || withAll === undefined ? undefined : (withAll - withFew) / (streams - few),
  }
}
