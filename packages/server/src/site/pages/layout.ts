import { html, safeLink, type Html } from '../html.ts'
import type { PageFacts } from '../page-facts.ts'

/** One page, before what all have in common is put around it. */
export interface Page {
  /** Without the name of the service, which is added. */
  readonly title: string
  /** A sentence or two: what search engines show. */
  readonly description: string
  /** Where it is, without its query. */
  readonly path: string
  readonly body: Html
  /** Whether search engines should leave it out, as they should what a form has found. @default false */
  readonly unlisted?: boolean
}

/** What stands around every page is made of this. */
export type FrameFacts = Pick<PageFacts, 'look' | 'publicUrl' | 'canSignUp' | 'docs' | 'posts'>

/** A whole page, as it is sent. */
export function layout({ title, description, path, body, unlisted = false }: Page, facts: FrameFacts): string {
  const { look, publicUrl } = facts
  const whole = path === '/' ? `${look.name}: ${title}` : `${title} · ${look.name}`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${whole}</title>
<meta name="description" content="${description}">
<meta name="color-scheme" content="light dark">
<meta property="og:type" content="website">
<meta property="og:site_name" content="${look.name}">
<meta property="og:title" content="${whole}">
<meta property="og:description" content="${description}">
${
  publicUrl !== undefined &&
  html`<meta property="og:url" content="${publicUrl}${path}">
<link rel="canonical" href="${publicUrl}${path}">`
}
${publicUrl !== undefined && look.logo !== undefined && html`<meta property="og:image" content="${publicUrl}${look.logo}">`}
${unlisted && html`<meta name="robots" content="noindex">`}
<link rel="icon" href="${look.logo ?? 'data:,'}">
<link rel="stylesheet" href="${look.style}">
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
${header(path, facts)}
<main id="main" tabindex="-1">
${body}
</main>
${footer(facts)}
</body>
</html>
`.text
}

/** What the pages lead to, and whether each is there. */
export function navigation({
  docs,
  posts,
}: Pick<FrameFacts, 'docs' | 'posts'>): readonly { path: string; title: string }[] {
  return [
    { path: '/models', title: 'Models' },
    { path: '/pricing', title: 'Pricing' },
    { path: '/status', title: 'Status' },
    ...(docs.length > 0 ? [{ path: '/docs', title: 'Docs' }] : []),
    ...(posts.length > 0 ? [{ path: '/blog', title: 'Blog' }] : []),
  ]
}

function header(path: string, facts: FrameFacts): Html {
  const { look, canSignUp } = facts
  const links = navigation(facts).map(({ path: to, title }) => {
    const isHere = path === to || path.startsWith(`${to}/`)
    return html`<li><a href="${to}"${isHere && html` aria-current="${path === to ? 'page' : 'true'}"`}>${title}</a></li>`
  })
  return html`<header class="top">
<a class="brand" href="/">${look.logo !== undefined && html`<img src="${look.logo}" alt="" height="28">`}<span>${look.name}</span></a>
<nav aria-label="Pages"><ul>${links}</ul></nav>
<p class="enter"><a href="/login">Sign in</a>${canSignUp && html` <a class="button" href="/signup">Sign up</a>`}</p>
</header>`
}

function footer({ look }: FrameFacts): Html {
  const contact = look.contact && linkOf(look.contact)
  return html`<footer>
<p>${look.texts.footer ?? 'Prices are in US dollars. Times are in UTC.'}</p>
<p>${contact !== undefined && contact !== '' && html`<a href="${contact}">Contact</a> `}${look.imprint && html`<a href="/imprint">Imprint</a>`}</p>
</footer>`
}

const linkOf = (contact: string): string | undefined =>
  safeLink(/^[^\s:/]+@[^\s:/]+$/.test(contact) ? `mailto:${contact}` : contact)
