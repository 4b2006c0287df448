import type { DirectoryMapping, SignInLink } from '../config/identity-schema.ts'
import type { Site } from '../config/site-schema.ts'
import type { Listener } from '../http/router.ts'
import type { Tries } from '../http/tries.ts'
import type { Mail } from '../mail/mail.ts'
import type { AdminParts } from '../management/management-route.ts'
import type { PublicPages } from './public-pages.ts'
import type { SignInProviders } from './sign-in-provider.ts'
import type { StaticFiles } from './static-files.ts'
import type { WebAuthnLoader } from './webauthn-loader.ts'

/** A one-time code that is only in the log. */
export interface UnsentCode {
  readonly email: string
  readonly code: string
  /** When it ends, in ms since the epoch. */
  readonly until: number
}

/** What the pages, the console and the management API of one listener are made of. */
export interface SiteParts extends AdminParts {
  readonly listener: Listener
  /** The address it was told to listen at. */
  readonly host: string
  readonly site: () => Site
  /** Of the operator's listener: where callers reach the gateway. Default: where the listener itself is. */
  readonly gatewayUrl?: (() => string) | undefined
  /** By which the operator comes in, where he may. */
  readonly adminToken: string | undefined
  /** The console as it was built; `undefined`: it was not. */
  readonly consoleFiles: StaticFiles | undefined
  /** Whether the console is served. */
  readonly showsConsole: boolean
  /** The pages for anyone. Default: there are none, as on the operator's listener. */
  readonly pages?: PublicPages | undefined
  /** By whom else people may sign in, by name. Default: nobody. */
  readonly providers?: SignInProviders | undefined
  /** Where people sign in by them. Default: nowhere. */
  readonly signInLinks?: (() => readonly SignInLink[]) | undefined
  /** What checks passkeys. Default: there are none. */
  readonly webAuthn?: WebAuthnLoader | undefined
  /** The accounts whose members a directory may push. Default: none. */
  readonly directories?: (() => readonly DirectoryMapping[]) | undefined
  /** Whether the listener goes on: what lasts ends when it does not. Default: it does. */
  readonly isAccepting?: (() => boolean) | undefined
  /** Who has tried in vain to sign in. */
  readonly tries: Tries
  /** By which one-time codes are sent. Default: nobody sends mail, and they are in the log. */
  readonly mail?: Mail | undefined
  /** Writes a code to the operator's log that was not sent, and why not; `undefined`: no mail is sent here. */
  readonly tellCode?: ((told: UnsentCode, why: unknown) => void) | undefined
}
