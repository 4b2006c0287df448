import { answerOf, api } from '../../api/client.ts'
import type { paths } from '../../api/schema.ts'

/** What a browser is given to make a passkey with, which the gateway has written for it. */
type Written = Parameters<typeof PublicKeyCredential.parseCreationOptionsFromJSON>[0]

/** What it has made, as the gateway reads it. */
type Made = NonNullable<paths['/api/v1/passkeys']['post']['requestBody']>['content']['application/json']['credential']

/**
 * Has the browser make a passkey, and adds it under a name.
 *
 * @throws Error in words for who has asked, when the browser has made none.
 */
export async function makePasskey(name: string): Promise<void> {
  if (globalThis.PublicKeyCredential?.parseCreationOptionsFromJSON === undefined)
    throw new Error('This browser knows no passkeys, or is too old for them.')
  const { options } = await answerOf(api.POST('/api/v1/passkeys/options', {}))
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as unknown as Written)
  const made = await navigator.credentials.create({ publicKey }).catch((cause: unknown) => {
    throw new Error(whyNone(cause), { cause })
  })
  if (!(made instanceof PublicKeyCredential)) throw new Error(whyNone(undefined))
  const credential = made.toJSON() as unknown as Made
  await answerOf(api.POST('/api/v1/passkeys', { body: { name, credential } }))
}

/** https://www.w3.org/TR/webauthn-3/#sctn-createCredential names what each error is for. */
const whyNone = (error: unknown): string =>
  error instanceof DOMException && error.name === 'InvalidStateError'
    ? 'This device has a passkey for your account already.'
    : 'The browser has made no passkey: it was told to stop, took too long, or has no place to keep one.'
