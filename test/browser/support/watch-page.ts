import type { Page } from 'playwright-core'

/** What a page did that no page of ours may do. */
export type Problems = readonly string[]

/** Jumps of the layout that add up to more disturb a reader, as Web Vitals has it. */
const MOST_LAYOUT_SHIFT = 0.1

/** What Chromium writes to the console for each answer of 400 and above, and where there is no network: no fault of the page. */
const NOT_ANSWERED =
  /^Failed to load resource: (?:the server responded with a status of 4\d\d|net::ERR_INTERNET_DISCONNECTED)/

/** Noted inside the page, and read from outside when it is looked at. */
const NOTE_IN_PAGE = `
  window.spekaNoted = { violations: [], shift: 0 }
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) => {
    window.spekaNoted.violations.push(violatedDirective + ' forbids ' + (blockedURI || 'this') + ' in ' + sourceFile)
  })
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.spekaNoted.shift += entry.value
  }).observe({ type: 'layout-shift', buffered: true })
`

/** Resources that a page of ours never lacks. */
const needed = new Set(['document', 'script', 'stylesheet', 'image', 'font'])

/** Notes what goes wrong in a page from now on: errors, violations of its policy, requests to anybody else, what is missing. */
export async function watchPage(page: Page, origins: readonly string[]): Promise<() => Promise<Problems>> {
  const problems: string[] = []
  const offline = (): boolean => page.context().browser()?.isConnected() === false
  await page.addInitScript(NOTE_IN_PAGE)
  page.on('console', (message) => {
    const text = message.text()
    if (message.type() !== 'error' || NOT_ANSWERED.test(text)) return
    problems.push(`console: ${text} (${message.location().url})`)
  })
  page.on('pageerror', (error) => problems.push(`uncaught: ${error.message}`))
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (!origins.includes(url.origin) && url.protocol.startsWith('http'))
      problems.push(`asks another: ${request.url()}`)
  })
  page.on('response', (response) => {
    const [status, type] = [response.status(), response.request().resourceType()]
    if (status >= 500 || (status >= 400 && type !== 'document' && needed.has(type)))
      problems.push(`${status} for ${type} ${response.url()}`)
  })
  return async () => {
    if (page.isClosed() || offline()) return problems
    const noted = (await page.evaluate('window.spekaNoted')) as
      | { readonly violations: readonly string[]; readonly shift: number }
      | undefined
    const shifted = (noted?.shift ?? 0) > MOST_LAYOUT_SHIFT ? [`the layout shifts by ${noted?.shift}`] : []
    return [...problems, ...(noted?.violations ?? []), ...shifted]
  }
}
