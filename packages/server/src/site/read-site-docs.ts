import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { Html } from './html.ts'
import type { DocPage } from './page-facts.ts'
import { readStaticFiles, type StaticFiles } from './static-files.ts'

/** The guides as pages, and the pictures in them by their paths. */
export interface SiteDocs {
  readonly pages: readonly DocPage[]
  readonly files: StaticFiles
}

const written = z.array(
  z.object({
    slug: z.string(),
    title: z.string(),
    description: z.string(),
    headings: z.array(z.object({ id: z.string(), text: z.string() })),
    html: z.string(),
  }),
)

/** Reads what the build has made of `docs/`, once. Without a build there are no guides. */
export function readSiteDocs(folder: string): SiteDocs {
  const files = readStaticFiles(folder)
  if (files === undefined) return { pages: [], files: new Map() }
  const pages = written.parse(JSON.parse(readFileSync(join(folder, 'pages.json'), 'utf8')))
  return {
    // The build has made it of this repository's own guides.
    pages: pages.map(({ html, ...page }) => ({ ...page, body: new Html(html) })),
    files,
  }
}
