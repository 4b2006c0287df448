import { randomBytes } from 'node:crypto'
import { SpekaError } from '@speka/core'
import { clientAddress } from '../../http/client-address.ts'
import type { AdminExchange, Visit } from '../../http/exchange.ts'
import {
  addPasskeyInput,
  PASSKEY_OPTIONS_PATH,
  passkeyOptionsInput,
  PASSKEYS_PATH,
  SIGN_IN_PASSKEY_OPTIONS_PATH,
  SIGN_IN_PASSKEY_PATH,
  signInPasskeyInput,
  type OptionsView,
} from '../../management/passkey-rows.ts'
import { readInput } from '../../management/read-input.ts'
import { respondOutput } from '../../management/respond-output.ts'
import { inputOf } from '../../operations/operation.ts'
import { viewPasskey } from '../../operations/passkey-view.ts'
import type { SiteParts } from '../../site/site-parts.ts'
import { demandSameOrigin } from '../csrf.ts'
import { cookieIn, passkeyCookie, setCookie } from '../session-cookie.ts'
import { viewSession } from '../view-session.ts'
import { addPasskey, passkeyToAdd } from './add-passkey.ts'
import { CHALLENGE_MS } from './challenges.ts'
import { passkeyToSignIn, signInByPasskey } from './sign-in-by-passkey.ts'

/** `POST /api/v1/passkeys/options`: begins to add a passkey. */
export const addOptions =
  (parts: SiteParts) =>
  async (exchange: AdminExchange): Promise<void> => {
    const { actor, request } = exchange
    inputOf(passkeyOptionsInput, await readInput(PASSKEY_OPTIONS_PATH, exchange))
    const client = clientAddress(request)
    tellOptions(exchange, await passkeyToAdd(parts, { actor, host: request.headers.host, client }))
  }

/** `POST /api/v1/passkeys`: adds it. */
export const addRoute =
  (parts: SiteParts) =>
  async (exchange: AdminExchange): Promise<void> => {
    const { actor, request } = exchange
    const said = inputOf(addPasskeyInput, await readInput(PASSKEYS_PATH, exchange))
    respondOutput(exchange, 201, viewPasskey(await addPasskey(parts, { actor, host: request.headers.host, ...said })))
  }

/** `POST /api/v1/sign-in/passkey/options`: begins to sign in, in this browser. */
export const signInOptions =
  (parts: SiteParts) =>
  async (visit: Visit): Promise<void> => {
    const { request, response } = visit
    demandSameOrigin(request)
    inputOf(passkeyOptionsInput, await readInput(SIGN_IN_PASSKEY_OPTIONS_PATH, visit))
    const browser = randomBytes(32).toString('base64url')
    const { host } = request.headers
    const options = await passkeyToSignIn(parts, { host, browser, client: clientAddress(request) })
    response.setHeader('set-cookie', setCookie(passkeyCookie(parts.site()), browser, CHALLENGE_MS / 1000))
    tellOptions(visit, options)
  }

/** `POST /api/v1/sign-in/passkey`: signs in by it. */
export const signInRoute =
  (parts: SiteParts) =>
  async (visit: Visit): Promise<void> => {
    const { request, response } = visit
    demandSameOrigin(request)
    const { credential } = inputOf(signInPasskeyInput, await readInput(SIGN_IN_PASSKEY_PATH, visit))
    const cookie = passkeyCookie(parts.site())
    const browser = cookieIn(request, cookie) ?? ''
    const { host } = request.headers
    const session = await parts.tries.by(clientAddress(request), isWrongPasskey, () =>
      signInByPasskey(parts, { host, browser, credential }),
    )
    response.setHeader('set-cookie', [session.cookie, setCookie(cookie, '', 0)])
    respondOutput(visit, 201, await viewSession(parts, session.actor, host))
  }

const isWrongPasskey = (error: unknown): boolean => SpekaError.is(error) && error.param === 'credential'

/** @param options as a browser takes them: plain JSON. */
function tellOptions(visit: Visit, options: object): void {
  const view: OptionsView = { object: 'passkey_options', options: { ...options } }
  respondOutput(visit, 201, view)
}
