import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ErrorState } from './error-state.tsx'
import { Loading } from './loading.tsx'

interface AnsweredProps<Data> {
  readonly query: UseQueryResult<Data>
  /** How many lines to hold free meanwhile. */
  readonly lines?: number
  readonly children: (data: Data) => ReactNode
}

/** What a query gave, or that it is under way, or what went wrong. What was there before stays while it is asked again. */
export function Answered<Data>({ query, lines = 6, children }: AnsweredProps<Data>): ReactNode {
  if (query.data !== undefined) return children(query.data)
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  return <Loading lines={lines} />
}
