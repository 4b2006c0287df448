import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { Problem } from './api/problem.ts'
import { isFormOpen } from './open-forms.ts'
import { sessionQuery } from './session.ts'

/** How soon what is unavailable is asked for again. */
const AGAIN_MS = 5000

/** What is known of the API's answers, for as long as they are worth showing. */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  const onError = (error: unknown): void => {
    if (!(error instanceof Problem) || error.status !== 401) return
    client.removeQueries({ queryKey: sessionQuery.queryKey })
    onSignedOut()
  }
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 5000,
        // What has happened meanwhile is not known, however short that was.
        refetchOnReconnect: 'always',
        refetchOnWindowFocus: () => !isFormOpen(),
        // What the gateway cannot answer at the moment, such as sums that are still being made, is there by itself once it can.
        refetchInterval: ({ state: { error } }) => error instanceof Problem && error.status === 503 && AGAIN_MS,
        // What the gateway has refused it will refuse again; what it cannot answer yet is told at once, and asked for as above.
        retry: (failures, error) =>
          failures < 2 && !(error instanceof Problem && (error.status < 500 || error.status === 503)),
      },
    },
  })
  return client
}
