import { SpekaError } from '@speka/core'
import { toSpekaError } from '@speka/core/internal'
import type { Actor } from '../actor.ts'
import { clientAddress } from '../http/client-address.ts'
import type { Visit } from '../http/exchange.ts'
import { askInput, verifyInput } from '../management/sign-in-rows.ts'
import { createKey } from '../operations/create-key.ts'
import { inputOf } from '../operations/operation.ts'
import { pageHeaders } from '../site/page-headers.ts'
import {
  choicePage,
  codePage,
  emailPage,
  welcomePage,
  type Complaint,
  type SignInKind,
} from '../site/pages/sign-in-pages.ts'
import type { Page } from '../site/pages/layout.ts'
import type { SiteParts } from '../site/site-parts.ts'
import { withoutFile } from '../store/without-file.ts'
import { askForCode } from './ask-for-code.ts'
import { backPath } from '../http/back-path.ts'
import { demandSameOrigin } from './csrf.ts'
import { passkeyTrouble } from './passkeys/relying-party.ts'
import { readForm } from './read-form.ts'
import { verifyFrom } from './sign-in-routes.ts'

/** `GET /signup` and `GET /login`: the form for an address. They work without a script, as all the steps do. */
export const showEmailForm = (kind: SignInKind) => (parts: SiteParts) => (visit: Visit) =>
  respond(parts, visit, 200, emailPage(kind, { ...whatToShow(parts, visit), back: backPath(visit.query.get('back')) }))

const whatToShow = (parts: SiteParts, { request }: Visit) => {
  const { site, signInLinks, webAuthn } = parts
  const hasPasskeys = webAuthn?.isInstalled() === true
  return {
    site: site(),
    links: signInLinks?.() ?? [],
    // That something is not installed is nothing that visitors are told.
    passkeys: hasPasskeys ? { trouble: passkeyTrouble(parts, request.headers.host) } : undefined,
  }
}

/** `POST /signup` and `POST /login`: has a code sent, and asks for it. */
export const takeEmail =
  (kind: SignInKind) =>
  (parts: SiteParts) =>
  async (visit: Visit): Promise<void> => {
    let email = ''
    let back: string | undefined
    try {
      const form = await formOf(parts, visit)
      email = form['email'] ?? ''
      back = backPath(form['back'])
      const sent = await askForCode(parts, inputOf(askInput, { email }).email, clientAddress(visit.request))
      respond(parts, visit, 200, codePage(kind, { email, sent, back }))
    } catch (thrown) {
      const shown = { ...whatToShow(parts, visit), email, back }
      complain(parts, visit, thrown, (complaint) => emailPage(kind, { ...shown, complaint }))
    }
  }

/** `POST /welcome` and `POST /login/code`: signs in by the code. Who is new is shown a first key. */
export const takeCode =
  (kind: SignInKind) =>
  (parts: SiteParts) =>
  async (visit: Visit): Promise<void> => {
    let email = ''
    let back: string | undefined
    try {
      const { email: address, code = '', account, back: said } = await formOf(parts, visit)
      email = address ?? ''
      back = backPath(said)
      const input = inputOf(verifyInput, { email, code, ...(account !== undefined && { account }) })
      const came = await verifyFrom(parts, visit, input)
      if (!('session' in came))
        return respond(parts, visit, 200, choicePage({ email, code, accounts: came.accounts, back }))
      const { session, isNew } = came
      visit.response.setHeader('set-cookie', session.cookie)
      if (!isNew) return goTo(visit, back ?? '/console')
      const { name } = parts.site()
      const key = await firstKey(parts, session.actor, visit)
      respond(parts, visit, 200, welcomePage({ key, origin: originOf(parts, visit), name, back }))
    } catch (thrown) {
      complain(parts, visit, thrown, (complaint) => codePage(kind, { email, complaint, back }))
    }
  }

/** `GET /welcome` and `GET /login/code`, which somebody loads again: what was shown there is not shown twice. */
export const leadOn =
  (path: string) =>
  () =>
  (visit: Visit): void =>
    goTo(visit, path)

/** @throws SpekaError `permission_denied` for a form on somebody else's page */
async function formOf(parts: SiteParts, visit: Visit): Promise<Record<string, string>> {
  const { request } = visit
  demandSameOrigin(request)
  const { origin } = request.headers
  // Of browsers that say nothing of where a form stands but this. A proxy may ask by another host than they did.
  const own = [parts.site().publicUrl, `http://${request.headers.host}`, `https://${request.headers.host}`]
  if (origin !== undefined && !own.includes(origin))
    throw new SpekaError('permission_denied', 'This form stands on a page of another origin.')
  return readForm(visit)
}

/** An account without a key is an account all the same: then the console makes one. */
async function firstKey(
  { operations, tellFault }: SiteParts,
  actor: Actor,
  { id }: Visit,
): Promise<string | undefined> {
  try {
    return (await createKey(operations, actor, { name: 'first key' })).key
  } catch (error) {
    tellFault?.(id, toSpekaError(error))
    return undefined
  }
}

/** Where this page was reached, which is where callers reach the gateway: the host is known by then. */
const originOf = (parts: SiteParts, { request }: Visit): string =>
  parts.site().publicUrl ?? `http://${request.headers.host ?? 'localhost'}`

/** Shows a form once more, with what is wrong in words. */
function complain(parts: SiteParts, visit: Visit, thrown: unknown, page: (complaint: Complaint) => Page): void {
  const error = toSpekaError(thrown)
  if (error.code === 'internal_error') parts.tellFault?.(visit.id, error)
  const { message, param, retryAfterMs, status } = error.code === 'storage_unavailable' ? withoutFile(error) : error
  if (retryAfterMs !== undefined) visit.response.setHeader('retry-after', Math.ceil(retryAfterMs / 1000))
  const field = param === 'email' || param === 'code' ? param : undefined
  respond(parts, visit, status, page({ field, words: sentence(message, field) }))
}

/** `code is not …` as it stands beside the field: `The code is not …`. */
const sentence = (message: string, field: string | undefined): string =>
  field !== undefined && message.startsWith(`${field} `)
    ? `The ${field === 'email' ? 'address' : field}${message.slice(field.length)}`
    : message

function goTo({ id, response }: Visit, location: string): void {
  response.writeHead(303, { ...pageHeaders(), 'x-request-id': id, 'cache-control': 'no-store', location })
  response.end()
}

function respond(parts: SiteParts, { id, request, response }: Visit, status: number, page: Page): void {
  const { pages } = parts
  if (pages === undefined) throw new SpekaError('unknown_url', 'There are no pages here.')
  const body = Buffer.from(pages.frame(page))
  response.writeHead(status, {
    ...pageHeaders(),
    'x-request-id': id,
    'cache-control': 'no-store',
    'content-type': 'text/html; charset=utf-8',
    'content-length': body.length,
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}
