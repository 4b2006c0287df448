import { setTimeout as wait } from 'node:timers/promises'
import { quantilesOf } from '../measure/statistics.ts'
import { FIRST_TOKEN } from '../upstream/answers.ts'
import { Caller } from './caller.ts'
import { ErrorCount } from './error-count.ts'
import type { SaturateJob, WindowResult } from './job.ts'
import { requestBytes } from './request-bytes.ts'
import { watch, type Measured } from './watch.ts'

/** Nothing is learnt from more, and no server deserves it. */
const MOST_REQUESTS = 2_000_000
const MOST_ERRORS = 200
const LAST_ANSWERS_WITHIN_MS = 5000

/**
 * Every connection asks, waits for the whole answer and asks again. What happens in the window counts; the answers under way at its end
 * are awaited, and must be good, but count for nothing. A window of so many answers begins and ends with an answer, exactly.
 */
export async function saturate(job: SaturateJob): Promise<WindowResult> {
  const errors = new ErrorCount()
  const request = requestBytes(job.endpoint, job.ask)
  const times: number[] = []
  const firstTokenTimes: number[] = []
  let used: (() => Measured) | undefined
  let measured: Measured | undefined
  let sent = 0
  let answered = 0
  const underWay = { count: 0 }
  const stopped = Promise.withResolvers<void>()
  const begin = (): void => {
    used ??= watch(job.watched)
  }
  const isCounting = (): boolean => used !== undefined && measured === undefined
  const isOver = (): boolean => measured !== undefined
  /** The window, which is empty when it was stopped before it began. */
  const end = (): Measured => (measured ??= (used ??= watch(job.watched))())
  const countAnswer = (): void => {
    answered += 1
    if (job.answers === undefined) return
    const { warmUp, window } = job.answers
    if (answered === warmUp) begin()
    if (answered !== warmUp + window) return
    end()
    stopped.resolve()
  }

  const callers = Array.from({ length: job.connections }, () => {
    let askedAt = 0
    let awaitsFirst = false
    const ask = (): void => {
      if (isOver()) return
      if (sent >= MOST_REQUESTS || errors.count >= MOST_ERRORS) {
        stopped.resolve()
        return
      }
      sent += 1
      underWay.count += 1
      awaitsFirst = true
      askedAt = performance.now()
      caller.ask()
    }
    const caller = new Caller(job.endpoint.port, request, {
      ...(job.ask.model.startsWith('mock-first') && {
        body(bytes: Buffer) {
          if (!awaitsFirst || !bytes.includes(FIRST_TOKEN)) return
          awaitsFirst = false
          if (isCounting()) firstTokenTimes.push((performance.now() - askedAt) * 1000)
        },
      }),
      answered(status) {
        underWay.count -= 1
        if (status !== 200) errors.add(`status ${status}`)
        else {
          if (isCounting()) times.push((performance.now() - askedAt) * 1000)
          countAnswer()
        }
        ask()
      },
      failed(why) {
        underWay.count -= 1
        errors.add(why)
        // Not at once, or a server that is down would be asked thousands of times a second.
        if (!isOver()) setTimeout(ask, 10)
      },
    })
    return { ask, close: () => caller.close() }
  })

  if (job.answers?.warmUp === 0) begin()
  for (const { ask } of callers) ask()
  if (job.answers === undefined) {
    await Promise.race([wait(job.warmUpMs), stopped.promise])
    begin()
    await Promise.race([wait(job.windowMs), stopped.promise])
  } else await stopped.promise
  const counted = end()

  const deadline = performance.now() + LAST_ANSWERS_WITHIN_MS
  while (underWay.count > 0 && performance.now() < deadline) await wait(2)
  if (underWay.count > 0) errors.add(`${underWay.count} answers did not come within ${LAST_ANSWERS_WITHIN_MS / 1000} s`)
  for (const { close } of callers) close()
  return {
    ...counted,
    count: times.length,
    errors: errors.count,
    errorWords: errors.words,
    times: quantilesOf(times),
    firstTokenTimes: quantilesOf(firstTokenTimes),
  }
}
