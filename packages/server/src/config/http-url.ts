/** Whether `text` can be the address of an upstream: http or https, without a user or a password, a query or a fragment. */
export function isHttpUrl(text: string): boolean {
  const url = URL.parse(text)
  return (
    url !== null &&
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    url.username === '' &&
    url.password === '' &&
    url.search === '' &&
    url.hash === ''
  )
}

/** The origin of an address at which a site is: http or https, and no path. `undefined`: it is none. */
export function publicOrigin(text: string): string | undefined {
  if (!isHttpUrl(text)) return undefined
  const { origin, pathname } = new URL(text)
  return pathname === '/' ? origin : undefined
}

/** A scheme and a host, as applications on a desktop or a phone have them: `app://obsidian.md`, `capacitor://localhost`. */
const OWN_SCHEME = /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9._~-]+(?::\d{1,5})?$/

/** Whether `text` can be the origin of a page, as browsers and the webviews of applications send it. */
export function isOrigin(text: string): boolean {
  if (/^https?:/.test(text)) return isHttpUrl(text) && new URL(text).origin === text
  return OWN_SCHEME.test(text) && !text.startsWith('file:')
}
