import { createHash } from 'node:crypto'
import { SIGN_IN_PASSKEY_OPTIONS_PATH, SIGN_IN_PASSKEY_PATH } from '../management/passkey-rows.ts'
import { etagOf, type StaticFile } from './static-files.ts'

/**
 * The only script of the pages for anyone: it shows the button for a passkey where the browser knows any, and signs in by it.
 * Without it one signs in by a code.
 *
 * @see https://www.w3.org/TR/webauthn-3/#sctn-parseRequestOptionsFromJSON
 */
const script = `const part = document.getElementById('passkey')
const said = document.getElementById('passkey-said')

async function ask(path, body) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.detail)
  return answer
}

async function signIn() {
  said.textContent = ''
  try {
    const { options } = await ask('${SIGN_IN_PASSKEY_OPTIONS_PATH}', {})
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options)
    const credential = await navigator.credentials.get({ publicKey })
    await ask('${SIGN_IN_PASSKEY_PATH}', { credential: credential.toJSON() })
    location.assign(part.dataset.back)
  } catch (error) {
    said.textContent =
      error instanceof DOMException
        ? 'The browser has found no passkey for this page, or was told to stop. Sign in by a code instead.'
        : error.message.replace(/^credential /, 'The passkey ')
  }
}

if (globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON !== undefined) {
  part.hidden = false
  part.querySelector('button').addEventListener('click', signIn)
}
`

const body = Buffer.from(script)

export const passkeyScript: StaticFile = {
  type: 'text/javascript; charset=utf-8',
  body,
  gzipped: undefined,
  etag: etagOf(body),
  // Its name has a digest of it.
  isImmutable: true,
}

/** Where it is. */
export const PASSKEY_SCRIPT_PATH = `/site/passkey-${createHash('sha256').update(body).digest('hex').slice(0, 12)}.js`
