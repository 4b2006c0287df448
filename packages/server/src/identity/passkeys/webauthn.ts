import { createRequire } from 'node:module'
import type { WebAuthnLoader } from '../../site/webauthn-loader.ts'

/** The version of @simplewebauthn/server that this was written for. */
const MAJOR = 14

/** Why no passkeys are offered where it is missing, and what to do. */
export const NOT_INSTALLED = `Passkeys are not set up here. Whoever runs this service can: npm install @simplewebauthn/server@${MAJOR} beside @speka/server.`

/** As it is installed beside the server. Looked for when it is first asked for, and loaded when a passkey is first used. */
export function installedWebAuthn(): WebAuthnLoader {
  let isThere: boolean | undefined
  return {
    isInstalled: () => (isThere ??= resolves('@simplewebauthn/server')),
    load: () => import('@simplewebauthn/server'),
  }
}

function resolves(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name)
    return true
  } catch {
    return false
  }
}
