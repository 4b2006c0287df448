import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { Problem } from './api/problem.ts'
import { sessionQuery } from './session.ts'

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
        // What the gateway has refused it will refuse again.
        retry: (failures, error) => failures < 2 && !(error instanceof Problem && error.status < 500),
      },
    },
  })
  return client
}
