import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock, Layers, SpekaError, UsageRecord } from '@speka/core'
import { createUndiciTransport, realClock } from '@speka/core/node'
import { createApp, type App, type AppParts } from '../../packages/server/src/app.ts'
import { LiveConfig } from '../../packages/server/src/config/live-config.ts'
import { readSettings } from '../../packages/server/src/config/settings.ts'
import type { HttpLimits } from '../../packages/server/src/http/http-limits.ts'
import { createKeyRecord } from '../../packages/server/src/keys/create-key.ts'
import { openKeyDirectory } from '../../packages/server/src/keys/key-directory.ts'
import { openMemoryStore } from '../../packages/server/src/store/memory/open-store.ts'
import { put } from '../../packages/server/src/store/__fixtures__/records.ts'
import type { SiteParts } from '../../packages/server/src/site/site-parts.ts'
import type { Store } from '../../packages/server/src/store/store.ts'
import { Metrics } from '../../packages/server/src/telemetry/metrics.ts'
import { createLog } from '../../packages/server/src/telemetry/log.ts'
import { operationsOn, siteParts } from './admin-parts.ts'
import { watchServer } from './conformance/watch-answers.ts'

/** The server's app in this process, over a real socket and a store in memory: for what needs shortened limits. */
export interface StartedApp extends App {
  readonly origin: string
  readonly parts: AppParts
  readonly store: Store
  readonly liveKey: string
  readonly testKey: string
  /** Every record as it was settled. */
  readonly settled: readonly UsageRecord[]
  /** Resolves with the record of that index, when it is settled. */
  record(index: number): Promise<UsageRecord>
  /** What callers were told went wrong. */
  readonly failures: readonly SpekaError[]
  accepting: boolean
  /** @throws Error that names each answer or event of `/v1` that was not as OpenAI describes it. */
  close(): Promise<void>
}

/** What a test may put in place of the real thing. */
export interface AppWorld {
  /** The engine's and the server's clock. Default: the machine's. */
  readonly clock?: Clock
  /** Takes every line of the log, which then says all there is. Default: it says nothing. */
  readonly log?: (line: string) => void
  /** What stands around the engine. Default: nothing. */
  readonly layers?: Layers
  /** The site beside `/v1`, on the same store. Default: there is none. */
  readonly site?: Partial<SiteParts>
}

/** @param config what a `speka.yaml` would hold, right or wrong: the server checks it. */
export async function startApp(
  config: object = {},
  limits: Partial<HttpLimits> = {},
  { clock = realClock, log: takeLine, layers, site }: AppWorld = {},
): Promise<StartedApp> {
  const folder = await mkdtemp(join(tmpdir(), 'speka-app-'))
  const configFile = join(folder, 'speka.json')
  await writeFile(configFile, JSON.stringify(config))
  const settings = readSettings({ SPEKA_LOG_LEVEL: 'silent' }, { config: configFile, data: folder })
  const transport = createUndiciTransport({ connectMs: connectMsOf(config) })
  const live = new LiveConfig(settings, () => ({
    transport,
    clock,
    random: Math.random,
    instanceId: 'this-gateway',
    layers,
  }))
  const store = openMemoryStore()
  const keys = await openKeyDirectory({ registry: store.registry, pepper: 'a pepper for tests', dataDir: folder })
  const liveKey = createKeyRecord({ name: 'live', mode: 'live' }, keys.pepper)
  const testKey = createKeyRecord({ name: 'test', mode: 'test' }, keys.pepper)
  await put(store, 'key', liveKey.record)
  await put(store, 'key', testKey.record)

  const settled: UsageRecord[] = []
  const failures: SpekaError[] = []
  const arrivals: (() => void)[] = []
  const log = takeLine === undefined ? createLog('silent') : createLog('trace', { write: takeLine })
  const parts: AppParts = {
    live,
    keys,
    metrics: new Metrics(),
    clock,
    limits,
    isAccepting: () => app.accepting,
    site: site && siteParts({ operations: operationsOn(store, keys.pepper, () => clock.now()), ...site }),
    log: {
      ...log,
      failed(record, error) {
        failures.push(error)
        log.failed(record, error)
      },
    },
    store: {
      ...store,
      ledger: {
        ...store.ledger,
        async settle(record) {
          await store.ledger.settle(record)
          settled.push(record)
          for (const tell of arrivals.splice(0)) tell()
        },
      },
    },
  }
  const { server, inFlight, callAsKey } = createApp(parts)
  const answers = watchServer(server)
  server.unref().on('connection', (socket) => socket.unref())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  const app: StartedApp = {
    server,
    inFlight,
    callAsKey,
    parts,
    store,
    settled,
    failures,
    accepting: true,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    liveKey: liveKey.key,
    testKey: testKey.key,
    async record(index) {
      for (;;) {
        const record = settled[index]
        if (record !== undefined) return record
        await new Promise<void>((resolve) => arrivals.push(resolve))
      }
    },
    async close() {
      server.close()
      server.closeAllConnections()
      live.close()
      await keys.close()
      await store.close()
      await rm(folder, { recursive: true, force: true })
      answers.verify()
    },
  }
  return app
}

const connectMsOf = (config: { readonly timeouts?: { readonly connect_ms?: number } }): number | undefined =>
  config.timeouts?.connect_ms
