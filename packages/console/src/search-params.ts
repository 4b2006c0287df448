/** What the address says after `?`: text by name, as a person would write it. */
export type SearchParams = Readonly<Record<string, string>>

export const parseSearch = (search: string): SearchParams => Object.fromEntries(new URLSearchParams(search))

/** Names whose value is empty are left out. */
export function stringifySearch(search: Readonly<Record<string, unknown>>): string {
  const said = Object.entries(search).filter(([, value]) => value !== undefined && value !== null && value !== '')
  const text = new URLSearchParams(said.map(([name, value]) => [name, String(value)])).toString()
  return text === '' ? '' : `?${text}`
}
