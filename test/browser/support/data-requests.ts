import type { Page } from 'playwright-core'

/** Notes what a page asks of the management API from now on, but for who is signed in and what is live. */
export function dataRequests(page: Page): () => readonly string[] {
  const paths: string[] = []
  const note = (request: { url(): string }): void => {
    const { pathname, search } = new URL(request.url())
    if (pathname.startsWith('/api/v1/') && !/\/session$|\/live$/.test(pathname)) paths.push(pathname + search)
  }
  page.on('request', note)
  return () => {
    page.off('request', note)
    return paths
  }
}
