import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdminServer } from '../../packages/server/src/admin/admin-server.ts'
import type { AccountRole } from '../../packages/server/src/actor.ts'
import { installedWebAuthn } from '../../packages/server/src/identity/passkeys/webauthn.ts'
import { openMemberSession, openOperatorSession } from '../../packages/server/src/identity/sessions.ts'
import { csrfToken } from '../../packages/server/src/identity/csrf.ts'
import { isSessionId } from '../../packages/server/src/actor.ts'
import type { OperationParts } from '../../packages/server/src/operations/operation.ts'
import type { SiteParts } from '../../packages/server/src/site/site-parts.ts'
import { accountRecord, memberRecord, put } from '../../packages/server/src/store/__fixtures__/records.ts'
import { consolePage, SITE, siteParts } from './admin-parts.ts'
import { movableClock, type MovableClock } from './movable-clock.ts'
import { startApp, type StartedApp } from './start-app.ts'

export const ADMIN_TOKEN = 'the-token-of-the-operator'

/** Somebody whose browser has a session. */
export interface SignedIn {
  readonly id: string
  readonly cookie: string
  /** What a page of ours says with each change. */
  readonly csrf: string
}

/** Both listeners over one store in memory, with a console of one page, on a clock that is moved by hand. */
export interface TwoListeners {
  readonly app: StartedApp
  readonly origin: string
  readonly adminOrigin: string
  readonly operations: OperationParts
  readonly clock: MovableClock
  /** Signs in a member of an account, who is made where he is not there yet. */
  signInMember(account: string, role: AccountRole, member?: string): Promise<SignedIn>
  signInOperator(): Promise<SignedIn>
  close(): Promise<void>
}

/**
 * @param site what is said of the site of both.
 * @param webAuthn what checks passkeys. Default: it is installed.
 */
export async function startTwoListeners(
  site: Partial<ReturnType<SiteParts['site']>> = {},
  webAuthn: SiteParts['webAuthn'] = installedWebAuthn(),
): Promise<TwoListeners> {
  const clock = movableClock()
  const said = { ...SITE, ...site }
  const app = await startApp({}, {}, { clock, site: { site: () => said, webAuthn } })
  const parts = app.parts.site ?? siteParts()
  const { operations } = parts
  const admin: Server = createAdminServer(
    ADMIN_TOKEN,
    { ...parts, callAsKey: app.callAsKey },
    {
      site: () => said,
      gatewayUrl: () => app.origin,
      consoleFiles: new Map([['index.html', consolePage]]),
    },
  )
  await new Promise<void>((resolve) => admin.listen(0, '127.0.0.1', resolve))
  const signedIn = async ({ cookie, record }: Awaited<ReturnType<typeof openMemberSession>>): Promise<SignedIn> => ({
    id: record.id,
    cookie: cookie.split(';', 1)[0] ?? '',
    csrf: isSessionId(record.id) ? csrfToken(record.id, await operations.pepper()) : '',
  })
  return {
    app,
    origin: app.origin,
    adminOrigin: `http://127.0.0.1:${(admin.address() as AddressInfo).port}`,
    operations,
    clock,
    async signInMember(account, role, member = `mem_${account}_${role}`) {
      const { registry } = operations.store
      if ((await registry.get('account', account)) === undefined)
        await put(operations.store, 'account', accountRecord(account))
      if ((await registry.get('member', member)) === undefined)
        await put(operations.store, 'member', memberRecord(member, account, { role }))
      return signedIn(await openMemberSession(parts, member, 'code'))
    },
    signInOperator: async () => signedIn(await openOperatorSession(parts, undefined, 'admin_token')),
    async close() {
      admin.close()
      admin.closeAllConnections()
      await app.close()
    },
  }
}
