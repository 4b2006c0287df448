import type { SuggestionsQuery } from '../parts/filters.tsx'
import { answerOf, api } from './client.ts'

/** As many as anybody looks through. */
const MOST = 200

/** What filters by id may be set to, by name. Each reads one part of a list: who looks for more says the id. */
export const suggestions = {
  accounts: {
    queryKey: ['accounts'],
    queryFn: async () =>
      named((await answerOf(api.GET('/api/v1/accounts', { params: { query: { limit: MOST } } }))).data),
  },
  keys: (account?: string) => ({
    queryKey: ['keys', account],
    queryFn: async () =>
      named((await answerOf(api.GET('/api/v1/keys', { params: { query: { account, limit: MOST } } }))).data),
  }),
} as const satisfies Readonly<Record<string, SuggestionsQuery | ((account?: string) => SuggestionsQuery)>>

const named = (rows: readonly { readonly id: string; readonly name: string }[]) =>
  rows.map(({ id, name }) => ({ value: id, text: name }))
