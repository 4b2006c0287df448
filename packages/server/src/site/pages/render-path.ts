import type { PageFacts } from '../page-facts.ts'
import { blogPage, postPage } from './blog-pages.ts'
import { docPage, docsPage } from './docs-pages.ts'
import { homePage } from './home-page.ts'
import { layout, type Page } from './layout.ts'
import { modelPage } from './model-page.ts'
import { modelsPage } from './models-page.ts'
import { imprintPage, notFoundPage } from './other-pages.ts'
import { pricingPage } from './pricing-page.ts'
import { robots, sitemap } from './sitemap.ts'
import { statusPage } from './status-page.ts'

/** What is sent for a path. */
export interface Rendered {
  readonly status: 200 | 404
  readonly type: string
  readonly text: string
}

const HTML = 'text/html; charset=utf-8'

/**
 * Renders what is at a path, decoded, with its query; where nothing is, the page that says so. It reads nothing but the facts.
 */
export function renderPath(facts: PageFacts, path: string, query: URLSearchParams): Rendered {
  if (path === '/sitemap.xml') return { status: 200, type: 'application/xml; charset=utf-8', text: sitemap(facts) }
  if (path === '/robots.txt') return { status: 200, type: 'text/plain; charset=utf-8', text: robots(facts) }
  const page = pageAt(facts, path, query)
  return { status: page === undefined ? 404 : 200, type: HTML, text: layout(page ?? notFoundPage, facts) }
}

function pageAt(facts: PageFacts, path: string, query: URLSearchParams): Page | undefined {
  const { models, docs, posts, look } = facts
  switch (path) {
    case '/':
      return homePage(facts)
    case '/models':
      return modelsPage(facts, query)
    case '/pricing':
      return pricingPage(facts, query)
    case '/status':
      return statusPage(facts)
    case '/docs':
      return docs.length === 0 ? undefined : docsPage(facts, query)
    case '/blog':
      return posts.length === 0 ? undefined : blogPage(facts)
    case '/imprint':
      return look.imprint && imprintPage(look.imprint)
  }
  const [, folder, below = ''] = /^\/(models|docs|blog)\/(.+)$/.exec(path) ?? []
  switch (folder) {
    case 'models': {
      const model = models.find(({ id }) => id === below)
      return model && modelPage(facts, model)
    }
    case 'docs': {
      const doc = docs.find(({ slug }) => slug === below)
      return doc && docPage(facts, doc)
    }
    case 'blog': {
      const post = posts.find(({ slug }) => slug === below)
      return post && postPage(post)
    }
    default:
      return undefined
  }
}
