import { z } from 'zod'
import { accountRoles } from '../actor.ts'
import { email, id } from '../operations/fields.ts'
import type { DescribedRow } from './management-route.ts'
import { sessionView } from './session-rows.ts'

export const SIGN_IN_CODE_PATH = '/api/v1/sign-in/code'
export const SIGN_IN_VERIFY_PATH = '/api/v1/sign-in/verify'

export const askInput = z.strictObject({ email })

/** What everybody is told who asks for a code, whether there is such a member or not. */
const askOutput = z.object({
  object: z.literal('sign_in_code'),
  /** `log`: no mail is sent here, and whoever runs the gateway has the code in the log. */
  delivery: z.enum(['mail', 'log']),
  /** Why mail does not go at present; `null`: it does. */
  trouble: z.string().nullable(),
  expires_at: z.iso.datetime(),
})

export type AskOutput = z.output<typeof askOutput>

const CODE_RULE = 'must be the six digits of the code'

export const verifyInput = z.strictObject({
  email,
  /** Six digits; people copy them with spaces. */
  code: z
    .string({ error: CODE_RULE })
    .max(32, { error: CODE_RULE })
    .transform((text) => text.replaceAll(/[\s-]/g, ''))
    .refine((text) => /^\d{6}$/.test(text), { error: CODE_RULE }),
  /** Into which account, for whoever is a member of several. */
  account: id.optional(),
})

/** The accounts that somebody may choose from. The code is good for one more call, with one of them. */
const choice = z.object({
  object: z.literal('sign_in_choice'),
  accounts: z.array(z.object({ id: z.string(), name: z.string(), role: z.enum(accountRoles) })),
})

export type SignInChoice = z.output<typeof choice>

/** How people come in by a code. It is no operation: nobody in particular asks. */
export const signInRows: readonly DescribedRow[] = [
  {
    method: 'POST',
    path: SIGN_IN_CODE_PATH,
    operation: { input: askInput, output: askOutput },
    summary: 'Ask for a one-time code by mail. The answer is the same whether there is such a member or not.',
    status: 201,
  },
  {
    method: 'POST',
    path: SIGN_IN_VERIFY_PATH,
    operation: { input: verifyInput, output: z.union([sessionView, choice]) },
    summary: 'Sign in by a code: as a member, or where sign-up is open as the owner of a new account.',
    status: 201,
  },
]
