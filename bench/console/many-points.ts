import type { BrowserContext } from 'playwright-core'
import { settled } from '../../test/browser/support/settled.ts'

const HOUR_MS = 3_600_000
/** Two lines are drawn of requests, and two of tokens: a hundred thousand points each. */
const STEPS = 50_000

/**
 * How long the longest drawing of an Overview takes whose charts have a hundred thousand points each, in ms. The gateway has no
 * such long series, so that one is put in place of its answer.
 */
export async function timeManyPoints(context: BrowserContext, origin: string): Promise<number> {
  const page = await context.newPage()
  await page.route(/\/api\/v1\/live/, (route) => route.abort())
  await page.route(/\/api\/v1\/overview/, async (route) => {
    const answer = await route.fetch()
    await route.fulfill({ json: prolonged((await answer.json()) as Overview) })
  })
  // A chart is drawn in a microtask of its own, and nothing else has lines drawn.
  await page.addInitScript(`
    window.spekaLongest = 0
    const queue = window.queueMicrotask.bind(window)
    let strokes = 0
    const stroke = CanvasRenderingContext2D.prototype.stroke
    CanvasRenderingContext2D.prototype.stroke = function (...path) {
      strokes += 1
      return stroke.apply(this, path)
    }
    window.queueMicrotask = (work) => queue(() => {
      const [began, before] = [performance.now(), strokes]
      work()
      if (strokes > before) window.spekaLongest = Math.max(window.spekaLongest, performance.now() - began)
    })`)
  await page.goto(`${origin}/console`)
  await settled(page)
  await page.getByRole('figure', { name: 'Tokens' }).locator('canvas').waitFor()
  const longest = await page.evaluate<number>('window.spekaLongest')
  await page.close()
  return longest
}

interface Overview {
  readonly totals: Readonly<Record<string, unknown>>
}

function prolonged(overview: Overview): object {
  const until = Math.floor(Date.now() / HOUR_MS) * HOUR_MS
  const since = until - STEPS * HOUR_MS
  const series = Array.from({ length: STEPS }, (_, step) => ({
    ...overview.totals,
    at: new Date(since + step * HOUR_MS).toISOString(),
    requests: 1000 + (step % 97),
    failed: step % 13,
    input_tokens: 100_000 + ((step * 7919) % 50_000),
    output_tokens: 20_000 + ((step * 104_729) % 9000),
    duration_ms: null,
    first_output_ms: null,
  }))
  return {
    ...overview,
    step: 'hour',
    since: new Date(since).toISOString(),
    until: new Date(until).toISOString(),
    series,
  }
}
