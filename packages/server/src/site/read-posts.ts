import type { BlogFile } from '../config/site-look.ts'
import { readMarkdown } from './markdown.ts'
import type { Post } from './page-facts.ts'

/** The name of an entry's file: its day, then what its address ends in. */
const NAME = /^(\d{4}-\d{2}-\d{2})-([\w-]+)$/

/** The entries of a blog, the latest first. Files with other names are none, so that there can be drafts beside them. */
export function readPosts(files: readonly BlogFile[]): Post[] {
  const posts = files.flatMap(({ name, text }): Post[] => {
    const [, date, slug] = NAME.exec(name) ?? []
    if (date === undefined || slug === undefined || Number.isNaN(Date.parse(date))) return []
    const { title = slug.replaceAll('-', ' '), summary, body } = readMarkdown(text)
    return [{ slug, date, title, description: summary, body }]
  })
  return posts.toSorted((a, b) => (a.date === b.date ? 0 : a.date < b.date ? 1 : -1))
}
