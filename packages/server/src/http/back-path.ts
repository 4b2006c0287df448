/** More than any page's address has, in characters. */
const MOST_CHARACTERS = 2048

/** Stands for wherever the page is: what leads away from it leads to another host. */
const HERE = 'http://here.invalid'

/**
 * Where somebody goes once he has signed in: a path of our own, as the page that sent him to sign in has said it. Anyone can write
 * such a link, so what could lead to another host is nothing: it has to begin with one slash, and what browsers drop or turn round
 * before they read an address, as control characters and backslashes, has no place in it.
 *
 * @returns the path with its query, as fit for a header; `undefined`: there is none.
 * @see https://url.spec.whatwg.org/#url-parsing
 */
export function backPath(said: string | null | undefined): string | undefined {
  if (said === null || said === undefined || said.length > MOST_CHARACTERS) return undefined
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (!said.startsWith('/') || /[\\\u0000-\u001f\u007f-\u009f]/.test(said) || !URL.canParse(said, HERE))
    return undefined
  const { origin, pathname, search, hash } = new URL(said, HERE)
  // Segments of dots are gone by now, and what was behind them may begin with two slashes.
  return origin === HERE && !pathname.startsWith('//') ? pathname + search + hash : undefined
}

/** The same path as part of a query, `?back=…`; of none nothing. */
export const backQuery = (back: string | undefined): string =>
  back === undefined ? '' : `?back=${encodeURIComponent(back)}`
