import type { SignInLink } from '../../config/identity-schema.ts'
import { backQuery } from '../../http/back-path.ts'
import { PASSKEY_SCRIPT_PATH } from '../passkey-script.ts'
import type { SiteParts } from '../site-parts.ts'
import { html, type Html } from '../html.ts'
import type { Page } from './layout.ts'

/** What the forms of signing in are about: making an account, or coming in. The steps are the same. */
export type SignInKind = 'sign_up' | 'sign_in'

/** What differs between the two, and where their forms are sent. */
interface KindWords {
  readonly title: string
  readonly lead: string
  readonly path: string
  readonly codePath: string
  readonly button: string
}

const kinds: Readonly<Record<SignInKind, KindWords>> = {
  sign_up: {
    title: 'Sign up',
    lead: 'Free, without a card and without a password: you get a code, and then your first key.',
    path: '/signup',
    codePath: '/welcome',
    button: 'Make an account',
  },
  sign_in: {
    title: 'Sign in',
    lead: 'Without a password: you get a code.',
    path: '/login',
    codePath: '/login/code',
    button: 'Sign in',
  },
}

/** What is wrong with what somebody has filled in, in words, and beside which field. */
export interface Complaint {
  readonly field: 'email' | 'code' | undefined
  readonly words: string
}

const page = (title: string, path: string, body: Html): Page => ({
  title,
  description: title,
  path,
  body,
  unlisted: true,
})

/** What the first step is about, and what has been filled in. */
interface EmailForm {
  readonly site: Pick<ReturnType<SiteParts['site']>, 'signUp'>
  /** Where people sign in by a provider of their company's. */
  readonly links: readonly SignInLink[]
  /** Why nobody signs in by a passkey where the page is shown; `undefined`: one may. Default: nothing is said of it. */
  readonly passkeys?: { readonly trouble: string | undefined } | undefined
  readonly email?: string | undefined
  readonly complaint?: Complaint | undefined
  /** Where whoever has signed in goes. Default: to the console. */
  readonly back?: string | undefined
}

/** Where whoever has signed in goes, in a form that leads on. */
const backField = (back: string | undefined): Html | false =>
  back !== undefined && html`<input type="hidden" name="back" value="${back}">`

/** The first step: for which address. */
export function emailPage(
  kind: SignInKind,
  { site: { signUp }, links, passkeys, email = '', complaint, back }: EmailForm,
): Page {
  const { title, lead, path } = kinds[kind]
  const byProvider = links.map(
    ({ name, href }) => html`<p><a class="button quiet" href="${href}${backQuery(back)}">Sign in with ${name}</a></p>`,
  )
  const byPasskey = kind === 'sign_in' && passkeys !== undefined && passkeyPart(passkeys, back)
  if (signUp === 'off')
    return page(
      title,
      path,
      html`<h1>${title}</h1>
${links.length > 0 ? byProvider : html`<p class="note">Nobody signs in by a code here. Ask whoever runs this service how you come in.</p>`}
${byPasskey}`,
    )
  if (kind === 'sign_up' && signUp === 'invited')
    return page(
      title,
      path,
      html`<h1>${title}</h1>
<p class="note">Accounts are by invitation here. If somebody has invited you, <a href="/login${backQuery(back)}">sign in</a> with the address that was invited.</p>`,
    )
  const other =
    kind === 'sign_up'
      ? html`<p>You have an account? <a href="/login${backQuery(back)}">Sign in</a></p>`
      : signUp === 'open' && html`<p>New here? <a href="/signup${backQuery(back)}">Sign up</a></p>`
  return page(
    title,
    path,
    html`<h1>${title}</h1>
<p class="lead">${lead}</p>
<form method="post" action="${path}" class="sign-in">
<p><label for="email">E-mail address</label>
<input id="email" name="email" type="email" value="${email}" required maxlength="254" autocomplete="email" autofocus${marks('email', complaint)}></p>
${backField(back)}
${errorOf('email', complaint)}
<p><button class="button">Send me a code</button></p>
</form>
${byProvider}
${byPasskey}
${other}`,
  )
}

/** The way in by a passkey. A script shows the button where the browser knows any: by nothing else can one sign in by it. */
const passkeyPart = ({ trouble }: { readonly trouble: string | undefined }, back = '/console'): Html =>
  trouble === undefined
    ? html`<div id="passkey" hidden data-back="${back}"><p><button type="button" class="button quiet">Sign in with a passkey</button></p>
<p id="passkey-said" role="status"></p></div>
<script type="module" src="${PASSKEY_SCRIPT_PATH}"></script>`
    : html`<p class="quiet"><small>${trouble}</small></p>`

/** How a code was sent, and until when it is good. */
export interface SentCode {
  readonly delivery: 'mail' | 'log'
  readonly trouble: string | null
}

/** What the second step is about. */
interface CodeForm {
  readonly email: string
  /** Default: it was asked for before. */
  readonly sent?: SentCode | undefined
  readonly complaint?: Complaint | undefined
  /** Where whoever has signed in goes. Default: to the console. */
  readonly back?: string | undefined
}

/** The second step: the code. */
export function codePage(kind: SignInKind, { email, sent, complaint, back }: CodeForm): Page {
  const { title, path, codePath, button } = kinds[kind]
  return page(
    title,
    path,
    html`<h1>Enter your code</h1>
${sent !== undefined && html`<p class="${sent.delivery === 'log' || sent.trouble !== null ? 'note' : 'lead'}" role="status">${whereItIs(kind, email, sent)}</p>`}
<form method="post" action="${codePath}" class="sign-in">
<input type="hidden" name="email" value="${email}">
${backField(back)}
<p><label for="code">Six digits</label>
<input id="code" name="code" required maxlength="32" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9 \\-]*" autofocus${marks('code', complaint)}></p>
${errorOf('code', complaint)}
<p><button class="button">${button}</button></p>
</form>
<form method="post" action="${path}"><input type="hidden" name="email" value="${email}">${backField(back)}<p><button class="button quiet">Send another code</button> <a href="${path}${backQuery(back)}">Use another address</a></p></form>`,
  )
}

/** Said the same whether there is such a member or not. */
function whereItIs(kind: SignInKind, email: string, { delivery, trouble }: SentCode): string {
  const whom = kind === 'sign_up' ? email : `${email}, if it may sign in here`
  if (delivery === 'log')
    return `No mail is sent here. A code was made for ${whom}: whoever runs this service has it in the log. It is good for ten minutes, once.`
  return trouble ?? `A code is on its way to ${whom}. It is good for ten minutes, once.`
}

/** An account to choose. */
interface Choice {
  readonly id: string
  readonly name: string
  readonly role: string
}

/** What the step between is about: the address and the code are said once more, with the account. */
interface ChoiceForm {
  readonly email: string
  readonly code: string
  readonly accounts: readonly Choice[]
  /** Where whoever has signed in goes. Default: to the console. */
  readonly back?: string | undefined
}

/** The step between, for whoever is a member of several accounts. */
export function choicePage({ email, code, accounts, back }: ChoiceForm): Page {
  const { path, codePath } = kinds.sign_in
  return page(
    'Choose an account',
    path,
    html`<h1>Choose an account</h1>
<form method="post" action="${codePath}" class="sign-in">
<input type="hidden" name="email" value="${email}"><input type="hidden" name="code" value="${code}">${backField(back)}
<ul class="cards">${accounts.map(({ id, name, role }) => html`<li><button class="button quiet" name="account" value="${id}">${name}</button> <small>${role}</small></li>`)}</ul>
</form>`,
  )
}

interface Welcome {
  /** `undefined`: none could be made. */
  readonly key: string | undefined
  /** Where callers reach the gateway. */
  readonly origin: string
  /** What the service is called. */
  readonly name: string
  /** Where it goes on. Default: in the console. */
  readonly back?: string | undefined
}

/** What somebody is shown who has an account now: the key is on this page, and on none after it. */
export function welcomePage({ key, origin, name, back = '/console' }: Welcome): Page {
  return page(
    'Welcome',
    '/welcome',
    html`<h1>Welcome to ${name}</h1>
${
  key === undefined
    ? html`<p class="lead">Your account is there. <a href="/console/keys">Make your first key in the console</a></p>`
    : html`<p class="lead">This is your first key. It is shown this once: keep it where others do not see it.</p>
<pre tabindex="0"><code id="key">${key}</code></pre>
<h2>Try it</h2>
<p>Paste this into a terminal:</p>
<pre tabindex="0"><code id="curl">${curl(origin, key)}</code></pre>`
}
<p><a class="button" href="${back}">${back.startsWith('/console') ? 'Open the console' : 'Go on'}</a></p>`,
  )
}

/** The model is the sandbox: it answers whatever providers there are. */
const curl = (origin: string, key: string): string => `curl ${origin}/v1/chat/completions \\
  -H "Authorization: Bearer ${key}" \\
  -H "Content-Type: application/json" \\
  -d '{"model": "speka/sandbox", "messages": [{"role": "user", "content": "Hello!"}]}'`

const errorOf = (field: Complaint['field'], complaint: Complaint | undefined): Html | false =>
  complaint !== undefined &&
  (complaint.field ?? field) === field &&
  html`<p class="error" id="${field}-error" role="alert">${complaint.words}</p>`

const marks = (field: Complaint['field'], complaint: Complaint | undefined): Html | false =>
  complaint !== undefined &&
  (complaint.field ?? field) === field &&
  html` aria-invalid="true" aria-describedby="${field}-error"`
