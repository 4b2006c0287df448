const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text of somebody else as part of an HTML page, in elements and in quoted attributes alike. */
export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (letter) => ENTITIES[letter] ?? '')

/** The same within a string of a style sheet that stands in a page. */
export const escapeCss = (text: string): string =>
  text.replaceAll(/[^\w .,-]/gu, (letter) => `\\${(letter.codePointAt(0) ?? 32).toString(16)} `)
