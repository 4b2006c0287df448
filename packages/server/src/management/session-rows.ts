import { z } from 'zod'
import { accountRoles } from '../actor.ts'
import { features } from '../operations/features.ts'
import { shownMoment } from '../operations/moments.ts'
import { rights } from '../operations/rights.ts'
import type { DescribedRow } from './management-route.ts'

export const SESSION_PATH = '/api/v1/session'

/** What every page may know of where it is. */
const about = {
  object: z.literal('session'),
  /** `admin`: the operator's listener. `gateway`: the one that callers use. */
  listener: z.enum(['admin', 'gateway']),
  /** Where callers reach the gateway, without `/v1`: what snippets say. `null`: at this listener, under the name one has for it. */
  gateway_url: z.string().nullable(),
  site: z.object({
    name: z.string(),
    /** Where visitors reach it; `null`: nobody has said. */
    public_url: z.string().nullable(),
    sign_up: z.enum(['open', 'invited', 'off']),
  }),
  /** Where one signs in here by a company's provider. */
  sign_in_links: z.array(z.object({ name: z.string(), href: z.string() })).readonly(),
  /** Why no passkey can be made or used where one is; `null`: they can. */
  passkey_trouble: z.string().nullable(),
}

/** Nobody: who has not signed in. */
const nobody = z.object({ ...about, actor: z.null() })

/** Whoever asks, and what he may do. */
const somebody = z.object({
  ...about,
  actor: z.enum(['operator', 'account']),
  /** The id of the session, or of the token that was sent; `null`: it was the admin token. */
  id: z.string().nullable(),
  account: z.object({ id: z.string(), name: z.string(), plan: z.string() }).nullable(),
  /** `null`: the operator, or who holds a token. */
  member: z.object({ id: z.string(), email: z.string() }).nullable(),
  role: z.enum([...accountRoles, 'operator']),
  rights: z.array(z.enum(rights)),
  /** What the plan has beside usage; of the operator all there is. */
  features: z.array(z.enum(features)),
  /** What each change says in the header `x-speka-csrf`. `null`: it was asked by a token, which needs none. */
  csrf: z.string().nullable(),
  expires_at: shownMoment,
})

export const sessionView = z.union([nobody, somebody])

export type SessionView = z.output<typeof sessionView>

/** What takes somebody in: the admin token, on the operator's listener. */
export const signInInput = z.strictObject({ token: z.string({ error: 'must be the admin token' }) })

export const signOutInput = z.strictObject({ everywhere: z.enum(['true', 'false']).optional() })

/** How sessions begin and end. They are no operations: they are about who asks, and work with cookies. */
export const sessionRows: readonly DescribedRow[] = [
  {
    method: 'GET',
    path: SESSION_PATH,
    operation: { input: z.strictObject({}), output: sessionView },
    summary: 'Show who asks, and what he may do. Of nobody, the actor is null.',
  },
  {
    method: 'POST',
    path: SESSION_PATH,
    operation: { input: signInInput, output: sessionView },
    summary: 'Sign in the operator by the admin token: on the admin listener alone.',
    status: 201,
  },
  {
    method: 'DELETE',
    path: SESSION_PATH,
    operation: { input: signOutInput, output: sessionView },
    summary: 'Sign out: end this session, or every one of whoever has it.',
  },
]
