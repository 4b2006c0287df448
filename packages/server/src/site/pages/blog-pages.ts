import { html } from '../html.ts'
import type { PageFacts, Post } from '../page-facts.ts'
import type { Page } from './layout.ts'

/** `/blog`: every entry, the latest first. */
export function blogPage({ posts, look }: PageFacts): Page {
  return {
    title: 'Blog',
    description: `News of ${look.name}.`,
    path: '/blog',
    body: html`<h1>Blog</h1>
<ul class="posts">${posts.map(
      ({ slug, title, date, description }) =>
        html`<li><h2><a href="/blog/${slug}">${title}</a></h2><p class="quiet"><time datetime="${date}">${date}</time></p><p>${description}</p></li>`,
    )}</ul>`,
  }
}

/** `/blog/{slug}` */
export const postPage = ({ slug, title, date, description, body }: Post): Page => ({
  title,
  description,
  path: `/blog/${slug}`,
  body: html`<article>
<h1>${title}</h1>
<p class="quiet"><time datetime="${date}">${date}</time></p>
${body}
</article>
<p><a href="/blog">All entries</a></p>`,
})
