import { setTimeout as wait } from 'node:timers/promises'
import { monotonicMicroseconds } from '../measure/monotonic.ts'
import { quantilesOf } from '../measure/statistics.ts'
import { PACE } from '../upstream/answers.ts'
import { Caller } from './caller.ts'
import { DueTimes } from './due-times.ts'
import { ErrorCount } from './error-count.ts'
import type { PaceJob, WindowResult } from './job.ts'
import { requestBytes } from './request-bytes.ts'
import { watch } from './watch.ts'

/** Chunks go on for this long after the window, so that none of its chunks is the last. */
const AFTER_WINDOW_MS = 300
const COMPLETE_WITHIN_MS = 10_000

/** Opens all streams, lets them run, and looks at the chunks of the window: how many came, and how late. */
export async function pace({ endpoint, streams, warmUpMs, windowMs, watched }: PaceJob): Promise<WindowResult> {
  const errors = new ErrorCount()
  const chunks = Math.ceil(((warmUpMs + windowMs + AFTER_WINDOW_MS) / 1000) * PACE)
  const ask = { model: `mock-paced-${chunks}`, stream: true, prompt: { kind: 'prose', bytes: 600 } } as const
  const request = requestBytes(endpoint, ask)
  const late: number[] = []
  let counting = false

  const callers: Caller[] = []
  const complete = Array.from({ length: streams }, () => {
    return new Promise<void>((resolve) => {
      let received = 0
      const dueTimes = new DueTimes((due) => {
        received += 1
        if (counting) late.push(monotonicMicroseconds() - due)
      })
      const caller = new Caller(endpoint.port, request, {
        body: (bytes) => dueTimes.read(bytes),
        answered(status) {
          if (status !== 200) errors.add(`status ${status}`)
          else if (received !== chunks) errors.add(`a stream of ${chunks} chunks came with ${received}`)
          resolve()
        },
        failed(why) {
          errors.add(why)
          resolve()
        },
      })
      callers.push(caller)
      caller.ask()
    })
  })

  await wait(warmUpMs)
  const used = watch(watched)
  counting = true
  await wait(windowMs)
  const measured = used()
  counting = false

  const inTime = await Promise.race([Promise.all(complete), wait(COMPLETE_WITHIN_MS, 'late' as const)])
  if (inTime === 'late') errors.add(`streams were not complete ${COMPLETE_WITHIN_MS / 1000} s after the window`)
  for (const caller of callers) caller.close()
  return {
    ...measured,
    count: late.length,
    errors: errors.count,
    errorWords: errors.words,
    times: quantilesOf(late),
    firstTokenTimes: undefined,
  }
}
