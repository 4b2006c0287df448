import { modelPath } from '../model-facts.ts'
import type { PageFacts } from '../page-facts.ts'
import { html, Html } from '../html.ts'
import { navigation } from './layout.ts'

/** The path of every page there is, but for what forms find. */
export function sitePaths(facts: PageFacts): string[] {
  return [
    '/',
    ...navigation(facts).map(({ path }) => path),
    ...facts.models.map(({ id }) => modelPath(id)),
    ...facts.docs.map(({ slug }) => `/docs/${slug}`),
    ...facts.posts.map(({ slug }) => `/blog/${slug}`),
    ...(facts.look.imprint === undefined ? [] : ['/imprint']),
  ]
}

/** `/sitemap.xml`, as sitemaps.org describes it: with whole addresses, so of the address the operator has given. */
export function sitemap(facts: PageFacts): string {
  const origin = facts.publicUrl ?? facts.origin
  const urls = sitePaths(facts).map((path) => html`<url><loc>${origin}${path}</loc></url>\n`)
  return html`${new Html('<?xml version="1.0" encoding="UTF-8"?>')}
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${urls}</urlset>
`.text
}

/** `/robots.txt`: the pages may be read; the API and the console are no pages. */
export const robots = ({ publicUrl, origin }: PageFacts): string => `User-agent: *
Disallow: /v1/
Disallow: /api/
Disallow: /console
Sitemap: ${publicUrl ?? origin}/sitemap.xml
`
