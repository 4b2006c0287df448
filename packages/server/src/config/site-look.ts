import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, extname, join, resolve } from 'node:path'
import { z } from 'zod'
import { contrast, READABLE, readColor } from './contrast.ts'

const words = (most: number): z.ZodString => z.string().trim().min(1).max(most)

const accent = z.string().superRefine((text, context) => {
  const color = readColor(text)
  const complain = (message: string): void => context.addIssue({ code: 'custom', message })
  if (color === undefined) return complain('must be a colour such as "#1257c9"')
  const ratio = contrast(color, [255, 255, 255])
  if (ratio < READABLE)
    complain(
      `has a contrast of ${ratio.toFixed(1)} with white, and links in it could hardly be read: ${READABLE} is the least. Choose a darker one; on dark pages it is made lighter by itself`,
    )
})

/** What the configuration may say of how the pages for visitors look, as fields of `site`. */
export const siteLook = {
  /** Files, from the folder of the configuration. */
  logo: words(1000).optional(),
  blog_dir: words(1000).optional(),
  colors: z.strictObject({ accent: accent.optional() }).optional(),
  texts: z
    .strictObject({
      tagline: words(100).optional(),
      intro: words(1000).optional(),
      pricing: words(1000).optional(),
      footer: words(500).optional(),
    })
    .optional(),
  /** In Markdown. */
  imprint: words(20_000).optional(),
  /** An address of mail, or of a page. */
  contact: words(200).optional(),
  /** Whether anyone may know who serves a model. */
  show_providers: z.boolean().optional(),
}

type SaidLook = z.output<z.ZodObject<typeof siteLook>>

/** How the pages for visitors look, with every file read. */
export interface SiteLook {
  readonly logo: LogoFile | undefined
  /** `undefined`: the one that comes with the gateway. */
  readonly accent: string | undefined
  readonly texts: NonNullable<SaidLook['texts']>
  /** In Markdown. */
  readonly imprint: string | undefined
  readonly contact: string | undefined
  /** Whether the names of providers are shown. */
  readonly showsProviders: boolean
  /** The files of the blog, by their names. */
  readonly blog: readonly BlogFile[]
}

export interface LogoFile {
  readonly type: string
  readonly body: Buffer
}

export interface BlogFile {
  /** Without `.md`. */
  readonly name: string
  /** In Markdown. */
  readonly text: string
}

const LOGO_TYPES: Readonly<Record<string, string>> = {
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.jpg': 'image/jpeg',
}

const MOST_LOGO_BYTES = 512 * 1024
const MOST_POST_BYTES = 1024 * 1024

/**
 * Reads what the pages show, so that no request ever waits for the disk.
 *
 * @param configFile from whose folder paths go; `undefined`: from the working directory.
 * @param onProblem told of a field and what is wrong with it.
 */
export function readSiteLook(
  said: SaidLook = {},
  configFile: string | undefined,
  onProblem: (field: 'logo' | 'blog_dir', problem: string) => void,
): SiteLook {
  const folder = configFile === undefined ? '.' : dirname(configFile)
  const tryTo = <Read>(field: 'logo' | 'blog_dir', read: (path: string) => Read, nothing: Read): Read => {
    const path = said[field]
    if (path === undefined) return nothing
    try {
      return read(resolve(folder, path))
    } catch (error) {
      onProblem(field, error instanceof RangeError ? error.message : `cannot be read (${codeOf(error)})`)
      return nothing
    }
  }
  return {
    logo: tryTo<LogoFile | undefined>('logo', readLogo, undefined),
    accent: said.colors?.accent,
    texts: said.texts ?? {},
    imprint: said.imprint,
    contact: said.contact,
    showsProviders: said.show_providers ?? false,
    blog: tryTo<readonly BlogFile[]>('blog_dir', readBlog, []),
  }
}

/** @throws RangeError for what is no logo, in words. */
function readLogo(path: string): LogoFile {
  const type = LOGO_TYPES[extname(path).toLowerCase()]
  if (type === undefined) throw new RangeError(`must be one of ${Object.keys(LOGO_TYPES).join(', ')}`)
  if (statSync(path).size > MOST_LOGO_BYTES) throw new RangeError('is larger than 512 KiB: make it smaller')
  return { type, body: readFileSync(path) }
}

/** @throws RangeError for an entry that is too large. */
const readBlog = (folder: string): BlogFile[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => {
      const path = join(folder, name)
      if (statSync(path).size > MOST_POST_BYTES) throw new RangeError(`has ${name}, which is larger than 1 MiB`)
      return { name: name.slice(0, -'.md'.length), text: readFileSync(path, 'utf8') }
    })

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error)
