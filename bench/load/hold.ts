import { setTimeout as wait } from 'node:timers/promises'
import { processUsage } from '../measure/process-usage.ts'
import { FIRST_TOKEN } from '../upstream/answers.ts'
import { Caller } from './caller.ts'
import { ErrorCount } from './error-count.ts'
import type { HoldJob, HoldResult } from './job.ts'
import { requestBytes } from './request-bytes.ts'
import { saturate } from './saturate.ts'

/** How many streams are opened at a time. */
const AT_A_TIME = 100
const OPENED_WITHIN_MS = 10_000
const TRAFFIC_MS = 2000
const SETTLED_AFTER_MS = 1500

const prompt = { kind: 'prose', bytes: 1000 } as const

/**
 * Opens streams that say one token and then nothing, and reads the server's memory before and after. Traffic comes first, so that what
 * a server at work needs anyway is not counted.
 */
export async function hold({ endpoint, streams, watched }: HoldJob): Promise<HoldResult> {
  const errors = new ErrorCount()
  const request = requestBytes(endpoint, { model: 'mock-idle', stream: true, prompt })
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

  const settledRss = async (): Promise<number | undefined> => {
    await wait(SETTLED_AFTER_MS)
    return watched.serverPid === undefined ? undefined : processUsage(watched.serverPid)?.rssBytes
  }

  const ask = { model: 'mock-small', stream: false, prompt }
  const windowMs = TRAFFIC_MS
  const traffic = await saturate({ kind: 'saturate', endpoint, ask, connections: 16, warmUpMs: 0, windowMs, watched })
  for (const words of traffic.errorWords) errors.add(words)
  const without = await settledRss()
  while (callers.length < streams && errors.count === 0) {
    await Promise.all(Array.from({ length: Math.min(AT_A_TIME, streams - callers.length) }, openOne))
  }
  const withAll = await settledRss()
  for (const caller of callers) caller.close()
  return {
    streams,
    errors: errors.count,
    errorWords: errors.words,
    bytesPerStream: without === undefined || withAll === undefined ? undefined : (withAll - without) / streams,
  }
}
