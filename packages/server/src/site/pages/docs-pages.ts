import { html, type Html } from '../html.ts'
import type { DocPage, PageFacts } from '../page-facts.ts'
import type { Page } from './layout.ts'

const MOST_LETTERS = 100
const MOST_FOUND = 50

/** `/docs`: all guides, or those whose titles and headings have every word that was looked for. */
export function docsPage({ docs }: PageFacts, query: URLSearchParams): Page {
  const text = (query.get('q') ?? '').trim().slice(0, MOST_LETTERS)
  return {
    title: 'Docs',
    description:
      'Guides to the gateway: configuration, clients, limits, billing and how it behaves when providers fail.',
    path: '/docs',
    unlisted: text !== '',
    body: html`<h1>Docs</h1>
<form method="get" action="/docs" class="filters" role="search">
<label>Search titles and headings <input type="search" name="q" value="${text}"></label>
<button class="button">Search</button>
</form>
${text === '' ? all(docs) : found(docs, text)}`,
  }
}

const all = (docs: readonly DocPage[]): Html =>
  html`<ul class="cards">${docs.map(({ slug, title, description }) => html`<li><h2><a href="/docs/${slug}">${title}</a></h2><p>${description}</p></li>`)}</ul>`

interface Hit {
  readonly path: string
  readonly title: string
  readonly within: string
}

function found(docs: readonly DocPage[], text: string): Html {
  const hits = search(docs, text)
  if (hits.length === 0)
    return html`<p role="status" class="empty">Nothing is called “${text}”. <a href="/docs">Show all guides</a></p>`
  return html`<p role="status">${hits.length === MOST_FOUND ? `The first ${MOST_FOUND}` : `${hits.length}`} found</p>
<ul>${hits.map(({ path, title, within }) => html`<li><a href="${path}">${title}</a> ${within !== '' && html`<small>in ${within}</small>`}</li>`)}</ul>`
}

/** Titles first, then headings, each in the order of the guides. */
function search(docs: readonly DocPage[], text: string): Hit[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const fits = (title: string): boolean => words.every((word) => title.toLowerCase().includes(word))
  const titles = docs.flatMap(({ slug, title }) => (fits(title) ? [{ path: `/docs/${slug}`, title, within: '' }] : []))
  const headings = docs.flatMap(({ slug, title: within, headings: below }) =>
    below.flatMap(({ id, text: title }) => (fits(title) ? [{ path: `/docs/${slug}#${id}`, title, within }] : [])),
  )
  return [...titles, ...headings].slice(0, MOST_FOUND)
}

/** `/docs/{slug}` */
export function docPage({ docs }: PageFacts, doc: DocPage): Page {
  return {
    title: doc.title,
    description: doc.description,
    path: `/docs/${doc.slug}`,
    body: html`<div class="guide">
<nav aria-label="Guides"><details><summary>Guides</summary><ul>${docs.map(
      ({ slug, title }) =>
        html`<li><a href="/docs/${slug}"${slug === doc.slug && html` aria-current="page"`}>${title}</a></li>`,
    )}</ul></details></nav>
<article>${doc.body}</article>
</div>`,
  }
}
