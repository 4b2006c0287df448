import { html, type Html } from '../html.ts'
import type { Page } from './layout.ts'

/** `/imprint`: who is responsible, in the operator's words. */
export const imprintPage = (imprint: Html): Page => ({
  title: 'Imprint',
  description: 'Who is responsible for these pages.',
  path: '/imprint',
  body: html`<h1>Imprint</h1>${imprint}`,
})

/** What stands where nothing is. */
export const notFoundPage: Page = {
  title: 'Not found',
  description: 'There is no page here.',
  path: '/',
  unlisted: true,
  body: html`<h1>Not found</h1>
<p>There is no page at this address. It may have moved, or a letter may be wrong.</p>
<p><a href="/">The first page</a> · <a href="/models">Models</a> · <a href="/status">Status</a></p>`,
}
