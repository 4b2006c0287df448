/** Whether `text` can be the address of an upstream: http or https, without a user, a query or a fragment. */
export function isHttpUrl(text: string): boolean {
  const url = URL.parse(text)
  return (
    url !== null &&
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    url.username === '' &&
    url.search === '' &&
    url.hash === ''
  )
}
