import type { BrowserContext } from 'playwright-core'

/** What a page did that no page of ours may do. */
export type Problems = readonly string[]

/** Jumps of the layout that add up to more disturb a reader, as Web Vitals has it. */
const MOST_LAYOUT_SHIFT = 0.1

/** What Chromium writes to the console for each answer of 400 and above, and where there is no network: told by the answer itself. */
const NOT_ANSWERED =
  /^Failed to load resource: (?:the server responded with a status of [45]\d\d|net::ERR_INTERNET_DISCONNECTED)/

/** By what a page tells at once what is seen inside it alone: when it goes elsewhere, that is lost. */
const TELL = 'spekaTells'

/** What is told: a violation of the page's policy, in words, or by how much its layout has shifted since it was loaded. */
type Told = string | number

const WATCH_INSIDE = `
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) => {
    window.${TELL}(violatedDirective + ' forbids ' + (blockedURI || 'this') + ' in ' + (sourceFile || location.href))
  })
  let shifted = 0
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) shifted += entry.value
    window.${TELL}(shifted)
  }).observe({ type: 'layout-shift', buffered: true })
`

/** Resources that a page of ours never lacks. */
const needed = new Set(['document', 'script', 'stylesheet', 'image', 'font'])

/** What is a fault unless a story is about it. */
export interface Allowed {
  /** Whose pages may be asked for. */
  readonly origins: readonly string[]
  /** Statuses of 500 and above that may be answered. */
  readonly statuses: readonly number[]
}

/**
 * Notes what goes wrong in the pages of a browser from now on: errors, violations of their policy, requests to anybody else, what is
 * missing.
 *
 * @returns what tells of all that is new since it was last asked.
 */
export async function watchPages(context: BrowserContext, allowed: Allowed): Promise<() => Problems> {
  const problems: string[] = []
  await context.exposeBinding(TELL, ({ page }, told: Told) => {
    if (typeof told === 'string') problems.push(told)
    else if (told > MOST_LAYOUT_SHIFT) problems.push(`the layout shifts by ${told}: ${page.url()}`)
  })
  await context.addInitScript(WATCH_INSIDE)
  context.on('console', (message) => {
    const text = message.text()
    if (message.type() !== 'error' || NOT_ANSWERED.test(text)) return
    problems.push(`console: ${text} (${message.location().url})`)
  })
  context.on('weberror', (error) => problems.push(`uncaught: ${error.error().message}`))
  context.on('request', (request) => {
    const url = new URL(request.url())
    if (!allowed.origins.includes(url.origin) && url.protocol.startsWith('http'))
      problems.push(`asks another: ${request.url()}`)
  })
  context.on('response', (response) => {
    const [status, type] = [response.status(), response.request().resourceType()]
    const isBroken = status >= 500 && !allowed.statuses.includes(status)
    const isMissing = status >= 400 && type !== 'document' && needed.has(type)
    if (isBroken || isMissing) problems.push(`${status} for ${type} ${response.url()}`)
  })
  return () => problems.splice(0)
}
