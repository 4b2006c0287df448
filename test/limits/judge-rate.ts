/** One request on a rate. Times in ms, all of one clock. */
export interface Arrival {
  readonly sentAt: number
  readonly answeredAt: number
  /** When it came to the upstream; `undefined`: it never did. */
  readonly arrivedAt: number | undefined
  /** In s, where it was refused. */
  readonly retryAfter: number | undefined
  /** What it counts for. Default: 1. */
  readonly counts?: number | undefined
}

export interface RateJudged {
  /** The most in any 60 s, by the upstream's clock. */
  readonly most: number
  /**
   * The same, of those only that were certainly admitted within 60 s: from the sending of the first to the arrival of the
   * last. On a busy machine a request may arrive long after it was admitted.
   */
  readonly mostForCertain: number
  readonly admitted: number
  /** How many a limiter without any delay would have admitted of the same requests. */
  readonly ideal: number
  /**
   * Refusals that told to come back more than a second too late, since somebody was admitted before. Not within the first second:
   * until then another process may use what was handed out to it before, or give it back.
   */
  readonly toldTooLate: number
}

const WINDOW_MS = 60_000
/** What was handed out to a process is used or given back by then. */
const HANDED_OUT_MS = 1000

export function judgeRate(rate: number, arrivals: readonly Arrival[]): RateJudged {
  const admitted = arrivals.filter(({ arrivedAt }) => arrivedAt !== undefined)
  return {
    most: mostInWindow(admitted, ({ arrivedAt = NaN }) => arrivedAt),
    mostForCertain: mostInWindow(admitted, ({ sentAt }) => sentAt),
    admitted: sizeOf(admitted),
    ideal: idealOf(rate, arrivals),
    toldTooLate: toldTooLate(arrivals, admitted),
  }
}

const sizeOf = (arrivals: readonly Arrival[]): number => arrivals.reduce((sum, { counts = 1 }) => sum + counts, 0)

/** @param beginOf the time from which a request counts; it has come when it has arrived. */
function mostInWindow(admitted: readonly Arrival[], beginOf: (arrival: Arrival) => number): number {
  const begun = admitted.toSorted((a, b) => beginOf(a) - beginOf(b))
  let most = 0
  for (const [index, first] of begun.entries()) {
    const end = beginOf(first) + WINDOW_MS
    let within = 0
    for (const { arrivedAt = Infinity, counts = 1 } of begun.slice(index)) if (arrivedAt < end) within += counts
    most = Math.max(most, within)
  }
  return most
}

function idealOf(rate: number, arrivals: readonly Arrival[]): number {
  const admitted: Arrival[] = []
  let oldest = 0
  let within = 0
  for (const one of arrivals.toSorted((a, b) => a.sentAt - b.sentAt)) {
    const { sentAt, counts = 1 } = one
    for (
      let first = admitted[oldest];
      first !== undefined && first.sentAt <= sentAt - WINDOW_MS;
      first = admitted[oldest]
    ) {
      within -= first.counts ?? 1
      oldest += 1
    }
    if (within + counts > rate) continue
    within += counts
    admitted.push(one)
  }
  return sizeOf(admitted)
}

function toldTooLate(arrivals: readonly Arrival[], admitted: readonly Arrival[]): number {
  const came = admitted.toSorted((a, b) => a.sentAt - b.sentAt)
  return arrivals.filter(({ sentAt, answeredAt, retryAfter }) => {
    if (retryAfter === undefined) return false
    const next = came.find((one) => one.sentAt > answeredAt + HANDED_OUT_MS)
    // For certain: it was refused no sooner than it was sent, and the other admitted no later than it arrived.
    return next !== undefined && (next.arrivedAt ?? Infinity) < sentAt + (retryAfter - 1) * 1000
  }).length
}
