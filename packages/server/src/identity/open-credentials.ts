import type * as Jose from 'jose'
import type { CallerIssuer } from '../config/identity-schema.ts'
import { SettingsError } from '../config/settings.ts'
import { isCallerId } from '../keys/caller-id.ts'
import { EndedElsewhere } from '../keys/ended-elsewhere.ts'
import { openKeyDirectory, type KeyDirectory, type KeyDirectoryOptions } from '../keys/key-directory.ts'
import type { KeysInUse } from '../keys/keys-in-use.ts'
import { CallerDirectory } from './callers/caller-directory.ts'
import { tokenVerifier } from './callers/verify-token.ts'
import type { AskIssuer } from './fetch-over.ts'

/** The version of jose that this was written for. */
const MAJOR = 6

export interface CredentialsOptions extends Omit<KeyDirectoryOptions, 'endedElsewhere'> {
  readonly ask: AskIssuer
  /** Loads what checks tokens. Default: jose */
  readonly load?: (() => Promise<typeof Jose>) | undefined
}

/** Whose credential is it? Keys of the gateway, and tokens of the issuers that are configured. */
export interface Credentials extends KeyDirectory {
  /** Replaces the issuers whose tokens are taken. @throws SettingsError when what checks them is not installed */
  configureCallers(issuers: readonly CallerIssuer[]): Promise<void>
}

/** How a token begins: `{"`, or `{` and a space, in base64. No key of the gateway does. */
const BEGINS_AS_TOKEN = /^bearer +e[wy]/i

/** @throws SpekaError `storage_unavailable` */
export async function openCredentials({
  ask,
  load = () => import('jose'),
  ...options
}: CredentialsOptions): Promise<Credentials> {
  const { registry, onChange, now = Date.now } = options
  // What hears of changes is opened with what it tells.
  const told: { callers?: CallerDirectory } = {}
  const endedElsewhere = new EndedElsewhere()
  const keys = await openKeyDirectory({
    ...options,
    endedElsewhere,
    onChange(changed, version) {
      onChange?.(changed, version)
      told.callers?.take(changed)
    },
    onSilence: () => told.callers?.forget(),
  })
  const callers = new CallerDirectory({
    registry,
    pepper: keys.pepper,
    hear: () => keys.hear(),
    now,
    endedElsewhere,
  })
  told.callers = callers
  /** Whether tokens of anybody are taken: nearly always not, and every request asks. */
  let takesTokens = false
  return {
    pepper: keys.pepper,
    authenticate: (authorization) =>
      takesTokens && authorization !== undefined && BEGINS_AS_TOKEN.test(authorization)
        ? callers.authenticate(authorization)
        : keys.authenticate(authorization),
    letInById: (id) => keys.letInById(id),
    configure: (configured) => keys.configure(configured),
    async configureCallers(issuers) {
      if (issuers.length === 0) {
        takesTokens = false
        return callers.configure([], undefined)
      }
      const jose = await load().catch((cause: unknown) => {
        throw new SettingsError(
          `identity.callers is configured, and what checks tokens is not installed. Install it beside @speka/server: npm install jose@${MAJOR}`,
          { cause },
        )
      })
      callers.configure(issuers, tokenVerifier({ jose, issuers, ask, now }))
      takesTokens = true
    },
    heed(inUse) {
      keys.heed(those(inUse, (id) => !isCallerId(id)))
      callers.heed(those(inUse, isCallerId))
    },
    hear: () => keys.hear(),
    look: () => keys.look(),
    hearOfEndings(endings, version) {
      keys.hearOfEndings(endings, version)
      // Whoever of them has ended is refused, too.
      callers.take([])
    },
    async close() {
      await callers.close()
      await keys.close()
    },
  }
}

/** Of what is under way, that which one directory answers for. */
const those = (inUse: KeysInUse, isTheirs: (id: string) => boolean): KeysInUse => ({
  keys: () => inUse.keys().filter(({ id }) => isTheirs(id)),
  refuse: (key, error) => inUse.refuse(key, error),
  renew: (key) => inUse.renew(key),
})
