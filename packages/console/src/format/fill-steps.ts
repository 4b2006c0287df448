const stepMs = { hour: 3_600_000, day: 86_400_000 } as const

interface Span {
  readonly since: string
  readonly until: string
  readonly step: keyof typeof stepMs
}

/**
 * The moments of a span, in seconds since the epoch, each with what there was: steps without anything are left out by the
 * API, and are shown as such rather than drawn over.
 */
export function fillSteps<Point extends { readonly at: string }>(
  { since, until, step }: Span,
  points: readonly Point[],
): { times: number[]; points: (Point | undefined)[] } {
  const byTime = new Map(points.map((point) => [Date.parse(point.at), point]))
  const [from, to] = [Date.parse(since), Date.parse(until)]
  const moments = Array.from({ length: Math.ceil((to - from) / stepMs[step]) }, (_, n) => from + n * stepMs[step])
  return { times: moments.map((at) => at / 1000), points: moments.map((at) => byTime.get(at)) }
}
