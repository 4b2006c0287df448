// Makes pages of the guides: what /docs shows is rendered when the package is built, and the server needs nothing for it.
// dist/site-docs/pages.json has the pages, and pictures/ beside it what they show.
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Marked } from 'marked'
import { escapeHtml } from '../src/billing/escape-html.ts'

const REPOSITORY = 'https://github.com/speka-ai/speka/blob/main'
const docs = fileURLToPath(new URL('../../../docs', import.meta.url))
const out = fileURLToPath(new URL('../dist/site-docs', import.meta.url))

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const files = readdirSync(docs).filter((name) => name.endsWith('.md'))
const guides = new Set(files)

/** A guide as `site/read-site-docs.ts` reads it. */
interface Guide {
  readonly slug: string
  readonly title: string
  readonly description: string
  readonly headings: readonly { readonly id: string; readonly text: string }[]
  readonly html: string
}

function renderGuide(slug: string, markdown: string): Guide {
  const headings: { id: string; text: string }[] = []
  const seen = new Map<string, number>()
  let title = slug
  const marked = new Marked({
    gfm: true,
    renderer: {
      heading(text, level, raw) {
        const plain = unescape(raw.replaceAll(/<[^>]*>/g, ''))
        const id = idOf(plain, seen)
        if (level === 1) title = plain
        else headings.push({ id, text: plain })
        return `<h${level} id="${id}">${text}</h${level}>\n`
      },
      link: (href, _title, text) => `<a href="${escapeHtml(linkOf(href))}">${text}</a>`,
      image: (href, _title, text) =>
        `<img src="${escapeHtml(pictureOf(href))}" alt="${escapeHtml(unescape(text))}" loading="lazy">`,
      code: (code) => `<pre tabindex="0"><code>${escapeHtml(code)}</code></pre>\n`,
      // What is too wide scrolls by itself, by the keyboard too.
      table: (head, rows) =>
        `<div class="wide" tabindex="0"><table><thead>${head}</thead><tbody>${rows}</tbody></table></div>\n`,
      // A style within the page is not allowed by the page's own policy.
      tablecell(content, { header, align }) {
        const tag = header ? 'th' : 'td'
        return `<${tag}${align === 'right' ? ' class="number"' : ''}>${content}</${tag}>\n`
      },
      html: (text) => (text.startsWith('<!--') ? '' : escapeHtml(text)),
    },
  })
  const html = String(marked.parse(markdown))
  return { slug, title, description: descriptionOf(marked, markdown), headings, html }
}

/** The first paragraph, without its marks, cut at the end of a sentence. */
function descriptionOf(marked: Marked, markdown: string): string {
  const paragraphs = marked
    .lexer(markdown)
    .flatMap((token) => (token.type === 'paragraph' ? [String(token['text'])] : []))
  const paragraph = paragraphs.find((text) => !text.startsWith('![')) ?? ''
  const plain = unescape(String(marked.parseInline(paragraph)).replaceAll(/<[^>]*>/g, '')).replaceAll(/\s+/g, ' ')
  const sentences = plain.match(/.*?[.!?](?= |$)/g) ?? [plain]
  let description = ''
  for (const sentence of sentences)
    if (description === '' || description.length + sentence.length < 200) description += sentence
  return description.replace(/:$/, '.').trim()
}

/** The id that GitHub gives a heading, which links within the guides are written for. */
function idOf(text: string, seen: Map<string, number>): string {
  const id = text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-')
  const before = seen.get(id) ?? 0
  seen.set(id, before + 1)
  return before === 0 ? id : `${id}-${before}`
}

/** Another guide is a page here; what else is in the repository is there. */
function linkOf(href: string): string {
  if (/^[a-z]+:|^#/i.test(href)) return href
  const [path = '', fragment] = href.split('#')
  const end = fragment === undefined ? '' : `#${fragment}`
  return guides.has(path) ? `/docs/${basename(path, '.md')}${end}` : `${REPOSITORY}/${posix.join('docs', path)}${end}`
}

const pictureOf = (href: string): string => (href.startsWith('pictures/') ? `/site/docs/${href}` : href)

function unescape(text: string): string {
  const letters = Object.entries(ENTITIES).filter(([letter]) => letter !== '&')
  return letters.reduce((all, [letter, entity]) => all.replaceAll(entity, letter), text).replaceAll('&amp;', '&')
}

const pages = files.map((name) => renderGuide(basename(name, '.md'), readFileSync(join(docs, name), 'utf8')))

mkdirSync(out, { recursive: true })
cpSync(join(docs, 'pictures'), join(out, 'pictures'), { recursive: true })
writeFileSync(join(out, 'pages.json'), JSON.stringify(pages))
