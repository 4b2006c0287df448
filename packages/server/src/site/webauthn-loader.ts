import type * as WebAuthn from '@simplewebauthn/server'

/** What checks passkeys. It is not installed with the server: where it is not there, none are offered. */
export interface WebAuthnLoader {
  isInstalled(): boolean
  load(): Promise<typeof WebAuthn>
}
