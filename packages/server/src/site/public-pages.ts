import { createHash } from 'node:crypto'
import type { RoutingTable } from '@speka/core/internal'
import type { Clock } from '@speka/core'
import type { Config } from '../config/load-config.ts'
import type { Visit } from '../http/exchange.ts'
import { KeptRecords } from './kept-records.ts'
import { readMarkdown } from './markdown.ts'
import { modelFactsOf } from './model-facts.ts'
import type { Look, PageFacts, Post } from './page-facts.ts'
import { layout, type FrameFacts, type Page } from './pages/layout.ts'
import { renderPath } from './pages/render-path.ts'
import { passkeyScript } from './passkey-script.ts'
import { providerStatesOf } from './provider-states.ts'
import { readPosts } from './read-posts.ts'
import type { SiteDocs } from './read-site-docs.ts'
import { respondFile } from './respond-file.ts'
import { respondPage, type SentPage } from './respond-page.ts'
import type { Sums } from './site-records.ts'
import { etagOf, type StaticFile } from './static-files.ts'
import { styleSheet } from './style.ts'

/** What the pages are made of. */
export interface PublicPagesParts {
  /** The configuration in force, and the models as they are routed by it. */
  readonly live: () => { readonly config: Pick<Config, 'site' | 'plans'>; readonly table: RoutingTable }
  readonly ledger: Sums
  readonly clock: Clock
  readonly docs: SiteDocs
  /** Where callers reach the gateway as long as nobody has said so. */
  readonly origin: () => string
}

/** The paths at which there are pages, as routes have them. */
export const pagePaths = [
  '/',
  '/models',
  '/models/*',
  '/pricing',
  '/status',
  '/docs',
  '/docs/*',
  '/blog',
  '/blog/*',
  '/imprint',
  '/sitemap.xml',
  '/robots.txt',
  '/site/*',
] as const

/** How long a page is sent again as it was rendered, in ms. */
const KEPT_MS = 5000
/** Queries are a stranger's to make up, so what is kept of them has an end. */
const MOST_KEPT = 200

/**
 * The pages for anyone, rendered here and readable without a script. They are made of what is in memory: nothing is read from
 * the disk for a request, and each page is rendered at most once in some seconds, so that `/v1` is not held up by visitors.
 */
export class PublicPages {
  readonly #parts: PublicPagesParts
  readonly #records: KeptRecords
  readonly #kept = new Map<string, SentPage & { readonly at: number }>()
  #dressed: Dressed | undefined

  constructor(parts: PublicPagesParts) {
    this.#parts = parts
    this.#records = new KeptRecords(parts.ledger, () => parts.clock.now())
  }

  /** Answers a request for a page or for a file of one. */
  async answer(visit: Visit): Promise<void> {
    const file = this.#fileAt(visit.path)
    if (file === undefined) respondPage(visit, await this.#pageAt(visit))
    else respondFile(visit, file)
  }

  #fileAt(path: string): StaticFile | undefined {
    if (!path.startsWith('/site/')) return undefined
    const name = path.slice('/site/'.length)
    const { style, logo } = this.#dress()
    // An older page asks for the style of then: the one of now will do.
    if (name.startsWith('style-')) return style
    if (name.startsWith('logo-')) return logo
    if (name.startsWith('passkey-')) return passkeyScript
    return name.startsWith('docs/pictures/') ? this.#parts.docs.files.get(name.slice('docs/'.length)) : undefined
  }

  async #pageAt({ path, query }: Visit): Promise<SentPage> {
    const now = this.#parts.clock.now()
    const dressed = this.#dress()
    const place = `${path}?${query.toString()}`
    const kept = this.#kept.get(place)
    if (kept !== undefined && now - kept.at < KEPT_MS) return kept
    const { status, type, text } = renderPath(await this.#facts(dressed), decoded(path), query)
    const body = Buffer.from(text)
    const page = { status, type, body, etag: etagOf(body), at: now }
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear()
    // What is nowhere is cheap, and there is no end of it.
    if (status === 200) this.#kept.set(place, page)
    return page
  }

  /** Puts around a page of somebody else's what all have in common. */
  frame(page: Page): string {
    return layout(page, this.#frameFacts(this.#dress()))
  }

  #frameFacts({ look, posts, site }: Dressed): FrameFacts {
    const { publicUrl, signUp } = site
    return { look, posts, docs: this.#parts.docs.pages, publicUrl, canSignUp: signUp === 'open' }
  }

  async #facts(dressed: Dressed): Promise<PageFacts> {
    const { live, clock, origin } = this.#parts
    const records = await this.#records.current()
    const { config, table } = live()
    const { site, plans } = config
    const now = clock.now()
    const models = table.models.map((routed) => modelFactsOf(routed, now, site.look.showsProviders))
    return {
      ...this.#frameFacts(dressed),
      origin: site.publicUrl ?? origin(),
      now,
      models,
      plans: [...plans.values()],
      records,
      providers: providerStatesOf(table, clock.monotonic()),
    }
  }

  /** What follows from the configuration alone; made anew when that has changed. */
  #dress(): Dressed {
    const { site } = this.#parts.live().config
    if (this.#dressed?.site === site) return this.#dressed
    this.#kept.clear()
    this.#dressed = dress(site)
    return this.#dressed
  }
}

interface Dressed {
  readonly site: Config['site']
  readonly look: Look
  readonly posts: readonly Post[]
  readonly style: StaticFile
  readonly logo: StaticFile | undefined
}

function dress(site: Config['site']): Dressed {
  const { accent, logo: logoFile, texts, imprint, contact, blog } = site.look
  const style = fileOf('text/css; charset=utf-8', Buffer.from(styleSheet(accent)))
  const logo = logoFile && fileOf(logoFile.type, logoFile.body)
  return {
    site,
    style,
    logo,
    posts: readPosts(blog),
    look: {
      name: site.name,
      logo: logo && `/site/logo-${digestOf(logo.body)}`,
      style: `/site/style-${digestOf(style.body)}.css`,
      texts,
      imprint: imprint === undefined ? undefined : readMarkdown(imprint).body,
      contact,
    },
  }
}

const fileOf = (type: string, body: Buffer): StaticFile => ({
  type,
  body,
  gzipped: undefined,
  etag: etagOf(body),
  // Its name has a digest of it.
  isImmutable: true,
})

const digestOf = (body: Buffer): string => createHash('sha256').update(body).digest('hex').slice(0, 12)

/** A path as people read it; one that is not encoded properly stays, and leads nowhere. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
