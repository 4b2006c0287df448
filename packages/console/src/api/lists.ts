import { queryOptions } from '@tanstack/react-query'
import { answerOf, api } from './client.ts'
import type { paths } from './schema.ts'

/** How much of a list is read at once: the most that there is. */
export const MOST_ROWS = 1000

/** Reads all parts of a list, one behind the other. */
async function wholeOf<Row>(
  part: (after: string | undefined) => Promise<{ readonly data: readonly Row[]; readonly next: string | null }>,
): Promise<Row[]> {
  const rows: Row[] = []
  let after: string | undefined
  do {
    const { data, next } = await part(after)
    rows.push(...data)
    after = next ?? undefined
  } while (after !== undefined)
  return rows
}

/** The lists of what is managed, of one account or of all that one may see. */
export const lists = {
  keys: (account?: string) =>
    queryOptions({
      queryKey: ['keys', account],
      queryFn: () =>
        wholeOf((after) =>
          answerOf(
            api.GET('/api/v1/keys', {
              params: { query: { account, include: 'limits,team', after, limit: MOST_ROWS } },
            }),
          ),
        ),
    }),
  limits: (account?: string) =>
    queryOptions({
      queryKey: ['limits', account],
      queryFn: () =>
        wholeOf((after) =>
          answerOf(
            api.GET('/api/v1/limits', { params: { query: { account, include: 'name', after, limit: MOST_ROWS } } }),
          ),
        ),
    }),
  teams: (account?: string) =>
    queryOptions({
      queryKey: ['teams', account],
      queryFn: () =>
        wholeOf((after) =>
          answerOf(api.GET('/api/v1/teams', { params: { query: { account, after, limit: MOST_ROWS } } })),
        ),
    }),
  members: (account?: string) =>
    queryOptions({
      queryKey: ['members', account],
      queryFn: () =>
        wholeOf((after) =>
          answerOf(api.GET('/api/v1/members', { params: { query: { account, after, limit: MOST_ROWS } } })),
        ),
    }),
  tokens: (account?: string) =>
    queryOptions({
      queryKey: ['tokens', account],
      queryFn: () =>
        wholeOf((after) =>
          answerOf(api.GET('/api/v1/tokens', { params: { query: { account, after, limit: MOST_ROWS } } })),
        ),
    }),
  passkeys: () =>
    queryOptions({
      queryKey: ['passkeys'],
      queryFn: () =>
        wholeOf((after) => answerOf(api.GET('/api/v1/passkeys', { params: { query: { after, limit: MOST_ROWS } } }))),
    }),
  plans: () =>
    queryOptions({ queryKey: ['plans'], queryFn: async () => (await answerOf(api.GET('/api/v1/plans'))).data }),
  accounts: () =>
    queryOptions({
      queryKey: ['accounts'],
      queryFn: () =>
        wholeOf((after) => answerOf(api.GET('/api/v1/accounts', { params: { query: { after, limit: MOST_ROWS } } }))),
    }),
} as const

/** A row of a list of the API. */
type RowOf<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': { data: (infer Row)[] } } } } }
}
  ? Row
  : never

export type Account = RowOf<'/api/v1/accounts'>
export type AuditEntry = RowOf<'/api/v1/audit'>
/** All that a page of billing shows. */
export type Billing = paths['/api/v1/billing']['get']['responses'][200]['content']['application/json']
export type Customer = RowOf<'/api/v1/customers'>
export type Invoice = RowOf<'/api/v1/invoices'>
export type Grant = RowOf<'/api/v1/grants'>
export type Key = RowOf<'/api/v1/keys'>
export type Limit = RowOf<'/api/v1/limits'>
export type ListedModel = RowOf<'/api/v1/models'>
export type Member = RowOf<'/api/v1/members'>
export type Passkey = RowOf<'/api/v1/passkeys'>
export type Plan = RowOf<'/api/v1/plans'>
export type Provider = RowOf<'/api/v1/providers'>
export type Target = RowOf<'/api/v1/targets'>
export type Team = RowOf<'/api/v1/teams'>
export type Token = RowOf<'/api/v1/tokens'>

/** The header by which only what was seen is changed. */
export const ifSeen = (revision: number) => ({ 'if-match': `"${revision}"` })
