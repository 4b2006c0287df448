import { useAddress } from './address.ts'
import { suggestions } from './api/suggestions.ts'
import type { Filter } from './parts/filters.tsx'
import { useSession } from './session.ts'

/** The account that a page is about: of the operator the one in the address, if any. Everybody else sees his own. */
export function useAccount(): { readonly account: string | undefined; readonly filters: readonly Filter[] } {
  const isOperator = useSession().actor === 'operator'
  const [{ account }] = useAddress()
  return isOperator
    ? { account: account === '' ? undefined : account, filters: [accountFilter] }
    : { account: undefined, filters: [] }
}

/** The operator's: of all accounts or of one. */
export const accountFilter: Filter = { name: 'account', label: 'Account', suggest: suggestions.accounts }

/** Whether a row has what the address asks for as `q`, anywhere in it. */
export function useSearchFor(): (texts: readonly (string | null | undefined)[]) => boolean {
  const [{ q = '' }] = useAddress()
  const wanted = q.toLowerCase()
  return (texts) => texts.some((text) => text?.toLowerCase().includes(wanted) === true) || wanted === ''
}

export const searchFilter: Filter = { name: 'q', label: 'Search' }
