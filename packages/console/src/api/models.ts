import { queryOptions } from '@tanstack/react-query'
import { answerOf, api } from './client.ts'

/** What is to be known of a model to ask it. */
export interface KnownModel {
  readonly id: string
  readonly endpoints: readonly string[]
  /** Who answers now. */
  readonly providers: readonly string[]
}

const words = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : [])

/** The models there are. Entries are as `/v1/models` has them, which the API describes as any object. */
export const modelsQuery = queryOptions({
  queryKey: ['models', 'known'],
  queryFn: async (): Promise<KnownModel[]> =>
    (await answerOf(api.GET('/api/v1/models'))).data.map(({ id, endpoints, providers }) => ({
      id: String(id),
      endpoints: words(endpoints),
      providers: words(providers),
    })),
})
