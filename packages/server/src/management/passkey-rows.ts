import { z } from 'zod'
import { name } from '../operations/fields.ts'
import { passkeyView } from '../operations/passkey-view.ts'
import type { DescribedRow } from './management-route.ts'
import { sessionView } from './session-rows.ts'

export const PASSKEYS_PATH = '/api/v1/passkeys'
export const PASSKEY_OPTIONS_PATH = '/api/v1/passkeys/options'
export const SIGN_IN_PASSKEY_PATH = '/api/v1/sign-in/passkey'
export const SIGN_IN_PASSKEY_OPTIONS_PATH = '/api/v1/sign-in/passkey/options'

const BYTES_RULE = 'must be bytes in base64url'

/** Bytes as browsers write them. @param most how many characters at the most. */
const bytes = (most: number) =>
  z
    .string({ error: BYTES_RULE })
    .max(most, { error: BYTES_RULE })
    .regex(/^[\w-]+$/, { error: BYTES_RULE })

/** An id of a credential has at most 1023 bytes: https://www.w3.org/TR/webauthn-3/#credential-id */
const credentialId = bytes(1364)

const publicKeyType = z.literal('public-key', { error: 'must be public-key' })

/** More comes along than is looked at: https://www.w3.org/TR/webauthn-3/#dictdef-registrationresponsejson */
const addedCredential = z.looseObject(
  {
    id: credentialId,
    rawId: credentialId,
    type: publicKeyType,
    response: z.looseObject({
      clientDataJSON: bytes(8192),
      attestationObject: bytes(65_536),
      transports: z.array(z.string().max(32)).max(16).optional(),
    }),
  },
  { error: 'must be what the browser has made, as its toJSON() gives it' },
)

/** https://www.w3.org/TR/webauthn-3/#dictdef-authenticationresponsejson */
const shownCredential = z.looseObject(
  {
    id: credentialId,
    rawId: credentialId,
    type: publicKeyType,
    response: z.looseObject({
      clientDataJSON: bytes(8192),
      authenticatorData: bytes(8192),
      signature: bytes(8192),
      userHandle: bytes(128).nullish(),
    }),
  },
  { error: 'must be what the browser has found, as its toJSON() gives it' },
)

export const passkeyOptionsInput = z.strictObject({})

export const addPasskeyInput = z.strictObject({ name, credential: addedCredential })

export const signInPasskeyInput = z.strictObject({ credential: shownCredential })

export type AddedCredential = z.output<typeof addedCredential>
export type ShownCredential = z.output<typeof shownCredential>

const optionsView = z.object({
  object: z.literal('passkey_options'),
  /** What a browser is given, as its `parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON` reads it. */
  options: z.record(z.string(), z.unknown()),
})

export type OptionsView = z.output<typeof optionsView>

/** How passkeys are added, and how one signs in by them. They are no operations: each is for the page that asks. */
export const passkeyRows: readonly DescribedRow[] = [
  {
    method: 'POST',
    path: PASSKEY_OPTIONS_PATH,
    operation: { input: passkeyOptionsInput, output: optionsView },
    summary: 'Begin to add a passkey of one’s own: what a browser is to make it with.',
    status: 201,
  },
  {
    method: 'POST',
    path: PASSKEYS_PATH,
    operation: { input: addPasskeyInput, output: passkeyView },
    summary: 'Add the passkey that the browser has made.',
    status: 201,
  },
  {
    method: 'POST',
    path: SIGN_IN_PASSKEY_OPTIONS_PATH,
    operation: { input: passkeyOptionsInput, output: optionsView },
    summary: 'Begin to sign in by a passkey: what a browser is to find it with.',
    status: 201,
  },
  {
    method: 'POST',
    path: SIGN_IN_PASSKEY_PATH,
    operation: { input: signInPasskeyInput, output: sessionView },
    summary: 'Sign in by the passkey that the browser has found.',
    status: 201,
  },
]
