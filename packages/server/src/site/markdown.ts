import { html, safeLink, type Html, type Piece } from './html.ts'

/** A text in Markdown, read. */
export interface MarkdownText {
  /** Its first heading of the first level, which is not in the body. */
  readonly title: string | undefined
  /** Its first paragraph as plain text. */
  readonly summary: string
  readonly body: Html
}

/**
 * Reads the part of Markdown that entries of a blog need: headings, paragraphs, lists, quotes, blocks of code, rules; links,
 * images, emphasis and code within a line. Markup that stands in the text is shown as text, and a link leads only where
 * links may. What else Markdown has stays as it was written.
 */
export function readMarkdown(text: string): MarkdownText {
  const lines = text.replaceAll('\r\n', '\n').split('\n')
  const blocks: Html[] = []
  let title: string | undefined
  let summary = ''
  let at = 0
  /** The lines from here on that belong together. */
  const take = (belongs: (line: string) => boolean): string[] => {
    const start = at
    while (at < lines.length && belongs(lines[at] ?? '')) at += 1
    return lines.slice(start, at)
  }
  while (at < lines.length) {
    const line = lines[at] ?? ''
    const heading = /^(#{1,6})\s+(.+?)\s*#*$/.exec(line)
    const fence = /^(`{3,}|~{3,})/.exec(line)?.[1]
    if (line.trim() === '') at += 1
    else if (fence !== undefined) {
      at += 1
      const code = take((one) => !one.startsWith(fence))
      at += 1
      blocks.push(html`<pre tabindex="0"><code>${code.join('\n')}</code></pre>`)
    } else if (heading !== null) {
      at += 1
      const [, marks = '#', words = ''] = heading
      if (marks.length === 1 && title === undefined) title = plain(words)
      else blocks.push(headingOf(Math.max(2, marks.length), words))
    } else if (/^(?:-{3,}|\*{3,}|_{3,})\s*$/.test(line)) {
      at += 1
      blocks.push(html`<hr>`)
    } else if (line.startsWith('>')) {
      const quoted = take((one) => one.startsWith('>')).map((one) => one.replace(/^> ?/, ''))
      blocks.push(html`<blockquote>${readMarkdown(quoted.join('\n')).body}</blockquote>`)
    } else if (BULLET.test(line)) blocks.push(html`<ul>${itemsOf(take(inList), BULLET)}</ul>`)
    else if (NUMBER.test(line)) blocks.push(html`<ol>${itemsOf(take(inList), NUMBER)}</ol>`)
    else {
      const words = take((one) => one.trim() !== '' && !/^(?:#{1,6}\s|```|~~~|>)/.test(one)).join(' ')
      // A line that begins like something else, and is not: it is a paragraph, or nothing would ever take it.
      const paragraph = words === '' ? (lines[at++] ?? '') : words
      if (summary === '') summary = plain(paragraph)
      blocks.push(html`<p>${inline(paragraph)}</p>`)
    }
  }
  return { title, summary, body: html`${blocks}` }
}

const BULLET = /^[-*+]\s+/
const NUMBER = /^\d{1,9}[.)]\s+/

/** Whether a line goes on with a list: an item, or more of one, which is indented. */
const inList = (line: string): boolean => BULLET.test(line) || NUMBER.test(line) || /^\s+\S/.test(line)

function itemsOf(lines: readonly string[], mark: RegExp): Html[] {
  const items: string[] = []
  for (const line of lines) {
    const last = items.length - 1
    if (BULLET.test(line) || NUMBER.test(line))
      items.push(line.replace(mark, '').replace(BULLET, '').replace(NUMBER, ''))
    else items[last] = `${items[last] ?? ''} ${line.trim()}`
  }
  return items.map((item) => html`<li>${inline(item)}</li>`)
}

function headingOf(level: number, words: string): Html {
  if (level === 2) return html`<h2>${inline(words)}</h2>`
  return level === 3 ? html`<h3>${inline(words)}</h3>` : html`<h4>${inline(words)}</h4>`
}

/** What can stand within a line; of several that begin at one place, the first that fits. */
const INLINE =
  /`([^`]+)`|!\[([^\]]*)\]\(([^\s)]+)\)|\[([^\]]+)\]\(([^\s)]+)\)|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|(?<!\w)_([^_\s][^_]*)_(?!\w)/g

function inline(text: string): Html {
  const pieces: Piece[] = []
  let from = 0
  for (const match of text.matchAll(INLINE)) {
    pieces.push(text.slice(from, match.index), spanOf(match))
    from = match.index + match[0].length
  }
  return html`${[...pieces, text.slice(from)]}`
}

function spanOf([whole, code, alt, source, label, target, strong, emphasis, underscored]: RegExpExecArray): Piece {
  if (code !== undefined) return html`<code>${code}</code>`
  if (source !== undefined) {
    const address = safeLink(source)
    return address === undefined ? whole : html`<img src="${address}" alt="${alt}">`
  }
  if (target !== undefined) {
    const address = safeLink(target)
    return address === undefined ? whole : html`<a href="${address}">${label}</a>`
  }
  if (strong !== undefined) return html`<strong>${strong}</strong>`
  return html`<em>${emphasis ?? underscored}</em>`
}

/** Without the marks. */
const plain = (text: string): string =>
  text.replaceAll(INLINE, (...[, code, alt, , label, , strong, emphasis, underscored]: (string | undefined)[]) =>
    String(code ?? alt ?? label ?? strong ?? emphasis ?? underscored ?? ''),
  )
