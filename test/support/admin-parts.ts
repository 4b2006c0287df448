import { plans } from '@speka/core/internal'
import { siteOf } from '../../packages/server/src/config/site-schema.ts'
import { OpenStreams } from '../../packages/server/src/management/open-streams.ts'
import { Turns } from '../../packages/server/src/management/turns.ts'
import type { AdminParts } from '../../packages/server/src/management/management-route.ts'
import { signInTries } from '../../packages/server/src/identity/session-routes.ts'
import type { SiteParts } from '../../packages/server/src/site/site-parts.ts'
import type { StaticFile } from '../../packages/server/src/site/static-files.ts'
import type { OperationParts } from '../../packages/server/src/operations/operation.ts'
import type { Store } from '../../packages/server/src/store/store.ts'
import { openMemoryStore } from '../../packages/server/src/store/memory/open-store.ts'

/** What an operator's listener is made of, on an empty store of its own but for what is given. */
export const adminParts = (given: Partial<AdminParts> = {}): AdminParts => ({
  metrics: () => '',
  streams: new OpenStreams(),
  // Nobody rests in tests.
  turns: new Turns(async () => undefined),
  operations: operationsOn(openMemoryStore(), Buffer.from('pepper'), Date.now),
  ...given,
})

/** What operations work with, on a store. */
export const operationsOn = (store: Store, pepper: Buffer, now: () => number): OperationParts => ({
  store,
  pepper: async () => pepper,
  now,
  plans: async () => ({ plans: new Map(plans.map((plan) => [plan.id, plan])), planOf: new Map(), configuredKeys: 0 }),
})

/** The page of a console, such as a build leaves. */
export const consolePage: StaticFile = {
  type: 'text/html; charset=utf-8',
  body: Buffer.from('<!doctype html><title>Console</title>'),
  gzipped: undefined,
  etag: '"page"',
  isImmutable: false,
}

/** A site that nobody has said anything of. */
export const SITE = siteOf({}, { site: 'on', publicUrl: undefined, configFile: undefined, host: '127.0.0.1' })

/** What the site of a listener is made of: one that nobody has said anything of, with a console of one page. */
export function siteParts(given: Partial<SiteParts> = {}): SiteParts {
  const parts = adminParts()
  return {
    ...parts,
    listener: 'gateway',
    host: '127.0.0.1',
    site: () => SITE,
    adminToken: undefined,
    consoleFiles: new Map([['index.html', consolePage]]),
    showsConsole: true,
    tries: signInTries('gateway', given.operations ?? parts.operations),
    ...given,
  }
}
