/** What is wrong with an address, in words for whoever typed it. */
export class BadBaseUrl extends Error {}

/**
 * The address of the gateway's API in the one form that paths can be added to: no space around it, no slash at its end, and
 * `/v1` where only a host was given.
 *
 * @throws BadBaseUrl
 */
export function normaliseBaseUrl(given: unknown): string {
  const text = typeof given === 'string' ? given.trim() : ''
  if (text === '') throw new BadBaseUrl('The Base URL of the credential is empty.')
  if (!URL.canParse(text) || !/^https?:\/\//i.test(text)) {
    throw new BadBaseUrl(`The Base URL of the credential is not an address: "${text}".`)
  }
  const url = new URL(text)
  if (url.search !== '' || url.hash !== '') {
    throw new BadBaseUrl(`The Base URL of the credential has more than an address in it: "${url.search}${url.hash}".`)
  }
  const path = url.pathname.replace(/\/+$/, '')
  return `${url.origin}${path === '' ? '/v1' : path}`
}
