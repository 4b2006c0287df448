import { queryOptions } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import { setCsrfToken } from './api/client.ts'
import { problemIn } from './api/problem.ts'

/** Where one is, whoever one is. */
export interface Site {
  /** `admin`: the operator's listener. `gateway`: the one that callers use. */
  readonly listener: 'admin' | 'gateway'
  /** Where callers reach the gateway; `null`: where this page came from. */
  readonly gateway_url: string | null
  readonly site: {
    readonly name: string
    readonly public_url: string | null
    readonly sign_up: 'open' | 'invited' | 'off'
  }
  /** Where one signs in here by a company's provider. */
  readonly sign_in_links: readonly { readonly name: string; readonly href: string }[]
  /** Why no passkey can be made or used here; `null`: they can. */
  readonly passkey_trouble: string | null
}

/** Who is signed in, and what he may do: `GET /api/v1/session`. */
export interface Session extends Site {
  readonly actor: 'operator' | 'account'
  /** `null`: the operator. */
  readonly account: { readonly id: string; readonly name: string; readonly plan: string } | null
  /** `null`: the operator. */
  readonly member: { readonly id: string; readonly email: string } | null
  readonly role: string
  /** `usage.read`, `keys.write` and the like. */
  readonly rights: readonly string[]
  /** What the account's plan has beside usage; of the operator all there is. */
  readonly features: readonly string[]
  readonly csrf: string | null
}

interface Nobody extends Site {
  readonly actor: null
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: readSession,
  staleTime: 60_000,
  retry: false,
})

async function readSession(): Promise<Session | Nobody> {
  const response = await fetch('/api/v1/session')
  if (!response.ok) throw await problemIn(response)
  return keep((await response.json()) as Session | Nobody)
}

function keep<Seen extends Session | Nobody>(seen: Seen): Seen {
  setCsrfToken((seen.actor === null ? null : seen.csrf) ?? undefined)
  return seen
}

/** Signs the operator in by the admin token, on his own listener. */
export async function signIn(token: string): Promise<Session> {
  const response = await fetch('/api/v1/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  })
  if (!response.ok) throw await problemIn(response)
  return keep((await response.json()) as Session)
}

/** @param everywhere whether every other session of whoever is signed in ends as well. */
export async function signOut({ csrf }: Session, everywhere = false): Promise<void> {
  const headers = csrf === null ? {} : { 'x-speka-csrf': csrf }
  const response = await fetch(`/api/v1/session${everywhere ? '?everywhere=true' : ''}`, { method: 'DELETE', headers })
  if (!response.ok && response.status !== 401) throw await problemIn(response)
  setCsrfToken(undefined)
}

/** Who is signed in: around all that only somebody sees. */
export const SessionContext = createContext<Session | undefined>(undefined)

/** Who is signed in, on a page that only somebody sees. */
export function useSession(): Session {
  const session = useContext(SessionContext)
  if (session === undefined) throw new Error('Nobody is signed in here.')
  return session
}

/** Where callers reach the gateway, with `/v1`: what snippets say. */
export const useBaseUrl = (): string => `${useSession().gateway_url ?? globalThis.location.origin}/v1`

/** Whether whoever is signed in may do something. */
export const useMay = (right: string): boolean => useSession().rights.includes(right)
