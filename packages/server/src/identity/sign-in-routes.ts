import type { z } from 'zod'
import { SpekaError } from '@speka/core'
import { clientAddress } from '../http/client-address.ts'
import type { Visit } from '../http/exchange.ts'
import { readInput } from '../management/read-input.ts'
import { respondOutput } from '../management/respond-output.ts'
import {
  askInput,
  SIGN_IN_CODE_PATH,
  SIGN_IN_VERIFY_PATH,
  verifyInput,
  type SignInChoice,
} from '../management/sign-in-rows.ts'
import { inputOf } from '../operations/operation.ts'
import type { SiteParts } from '../site/site-parts.ts'
import { askForCode } from './ask-for-code.ts'
import { demandSameOrigin } from './csrf.ts'
import { verifyCode, type ComeIn } from './verify-code.ts'
import { viewSession } from './view-session.ts'

/** `POST /api/v1/sign-in/code`: has a code sent. */
export const askRoute =
  (parts: SiteParts) =>
  async (visit: Visit): Promise<void> => {
    demandSameOrigin(visit.request)
    const { email } = inputOf(askInput, await readInput(SIGN_IN_CODE_PATH, visit))
    respondOutput(visit, 201, await askForCode(parts, email, clientAddress(visit.request)))
  }

/** `POST /api/v1/sign-in/verify`: signs in by it. */
export const verifyRoute =
  (parts: SiteParts) =>
  async (visit: Visit): Promise<void> => {
    demandSameOrigin(visit.request)
    const said = inputOf(verifyInput, await readInput(SIGN_IN_VERIFY_PATH, visit))
    const came = await verifyFrom(parts, visit, said)
    if (!('session' in came)) return respondOutput(visit, 200, came)
    visit.response.setHeader('set-cookie', came.session.cookie)
    respondOutput(visit, 201, await viewSession(parts, came.session.actor, visit.request.headers.host))
  }

/** The same, of whoever has not been wrong too often from where he is. */
export async function verifyFrom(
  parts: SiteParts,
  { request }: Visit,
  said: z.output<typeof verifyInput>,
): Promise<ComeIn | SignInChoice> {
  return parts.tries.by(clientAddress(request), isWrongCode, () => verifyCode(parts, said))
}

const isWrongCode = (error: unknown): boolean => SpekaError.is(error) && error.param === 'code'
