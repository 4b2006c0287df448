import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import type { SearchParams } from './search-params.ts'

/** What a part of the address says: of `/requests/$id` it is `useParam('id')`. */
export function useParam(name: string): string {
  const params = useParams({ strict: false }) as SearchParams
  return params[name] ?? ''
}

/**
 * What the address says after `?`, and how to change it: filters and sorting, so that what is seen can be sent to a
 * colleague. What is set to `undefined` or `''` leaves the address.
 */
export function useAddress(): [SearchParams, (change: Readonly<Record<string, string | undefined>>) => void] {
  const search = useSearch({ strict: false }) as SearchParams
  const navigate = useNavigate()
  return [
    search,
    (change) =>
      void navigate({ to: '.', search: (before: object) => ({ ...before, ...change }), replace: true } as never),
  ]
}
