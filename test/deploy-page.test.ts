import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { loadConfig } from '../packages/server/src/config/load-config.ts'
import { readSettings } from '../packages/server/src/config/settings.ts'
import { readRedisUrl } from '../packages/server/src/redis/address.ts'
import { readPostgresUrl } from '../packages/server/src/store/postgres/address.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

const page = read('docs/deploy.md')
/** What stands in its blocks of one language, in their order. */
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(([, text = '']) => text)
const [compose = '', kubernetes = ''] = blocks('yaml')

/** All documents of a text. @throws When it is no YAML, or a key stands twice. */
function documents(text: string): unknown[] {
  return parseAllDocuments(text).map((document) => {
    if (document.errors[0] !== undefined) throw document.errors[0]
    return document.toJS() as unknown
  })
}

/** Settings by variable, as `settings.ts` reads them. */
const settings = new Set(read('packages/server/src/config/settings.ts').match(/SPEKA_[A-Z_]+/g))
const defaults = readSettings({})
const { port } = defaults
/** Where the image keeps what it keeps. */
const dataDir = /SPEKA_DATA_DIR=(\S+)/.exec(read('Dockerfile'))?.[1] ?? ''

const service = z.object({
  environment: z.record(z.string(), z.string()).default({}),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.unknown()).default({}),
  stop_grace_period: z.string().optional(),
})
const composeFile = z.object({ services: z.record(z.string(), service), volumes: z.record(z.string(), z.unknown()) })

const probe = z.object({ httpGet: z.object({ path: z.string(), port: z.number() }) })
const container = z.object({
  ports: z.array(z.object({ containerPort: z.number() })),
  startupProbe: probe,
  readinessProbe: probe,
  livenessProbe: probe,
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })),
})
const labels = z.object({ app: z.string() })
const statefulSet = z.object({
  kind: z.literal('StatefulSet'),
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    serviceName: z.string(),
    replicas: z.number(),
    selector: z.object({ matchLabels: labels }),
    template: z.object({
      metadata: z.object({ labels }),
      spec: z.object({
        terminationGracePeriodSeconds: z.number(),
        securityContext: z.object({ runAsUser: z.number() }),
        containers: z.tuple([container]),
      }),
    }),
    volumeClaimTemplates: z.array(z.object({ metadata: z.object({ name: z.string() }) })),
  }),
})

const shutdownS = loadConfig(defaults).shutdown.timeoutMs / 1000

describe('the Compose file of the guide', () => {
  const { services, volumes } = composeFile.parse(documents(compose)[0])
  const speka = service.parse(services['speka'])

  test('sets only what the gateway reads', () => {
    expect(Object.keys(speka.environment).filter((name) => !settings.has(name))).toEqual([])
  })

  test('names databases that it has, by URLs that are understood', () => {
    const filled = (name: string): string => (speka.environment[name] ?? '').replace(/\$\{[A-Z_]+:\?\}/g, 'secret')
    expect(readPostgresUrl(filled('SPEKA_DATABASE_URL'))).toMatchObject({ hosts: [{ host: 'postgres', port: 5432 }] })
    expect(readRedisUrl(filled('SPEKA_REDIS_URL'))).toMatchObject({ host: 'valkey', port: 6379 })
    expect(Object.keys(speka.depends_on)).toEqual(['postgres', 'valkey'])
    for (const name of Object.keys(speka.depends_on)) expect(services).toHaveProperty(name)
  })

  test('keeps the data folder, offers the port, and waits for streams', () => {
    expect(speka.volumes).toEqual([`data:${dataDir}`])
    const kept = Object.values(services).flatMap((one) => one.volumes.map((volume) => volume.split(':')[0]))
    expect(kept).toEqual(Object.keys(volumes))
    expect(speka.ports.map((each) => each.split(':').at(-1))).toEqual([`${port}`])
    expect(60 * Number.parseInt(speka.stop_grace_period ?? '', 10)).toBeGreaterThan(shutdownS)
  })

  test('is given every secret that it asks for', () => {
    const asked = new Set([...compose.matchAll(/\$\{([A-Z_]+):\?\}/g)].map(([, name]) => name))
    const given = blocks('sh').find((text) => text.includes('docker compose')) ?? ''
    for (const name of asked) expect(given).toContain(`${name}=`)
  })
})

describe('the manifest of the guide for Kubernetes', () => {
  const all = documents(kubernetes)
  const { spec, metadata } = statefulSet.parse(all[0])
  const { spec: pod, metadata: podMetadata } = spec.template
  const [gateway] = pod.containers

  test('asks the gateway what it answers, where it listens', () => {
    const paths = new Set(read('packages/server/src/app.ts').match(/'\/[a-z]+z'/g))
    for (const { httpGet } of [gateway.startupProbe, gateway.readinessProbe, gateway.livenessProbe]) {
      expect(paths).toContain(`'${httpGet.path}'`)
      expect(httpGet.port).toBe(port)
    }
    expect(gateway.readinessProbe.httpGet.path).toBe('/readyz')
    expect(gateway.livenessProbe.httpGet.path).toBe('/healthz')
    expect(gateway.ports).toEqual([{ containerPort: port }])
  })

  test('keeps the data folder on a volume of its own, as the user that the image has', () => {
    expect(gateway.volumeMounts).toEqual([{ name: 'data', mountPath: dataDir }])
    expect(spec.volumeClaimTemplates.map((claim) => claim.metadata.name)).toEqual(['data'])
    expect(read('Dockerfile')).toContain(`USER ${pod.securityContext.runAsUser}:`)
  })

  test('waits for streams, and finds its pods by one label', () => {
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(shutdownS)
    expect(spec.selector.matchLabels).toEqual(podMetadata.labels)
    expect(all.map((each) => z.object({ kind: z.string() }).parse(each).kind)).toEqual([
      'StatefulSet',
      'Service',
      'PodDisruptionBudget',
    ])
    const service = z.object({ metadata: z.object({ name: z.string() }), spec: z.object({ selector: labels }) })
    const { metadata: named, spec: found } = service.parse(all[1])
    expect([named.name, found.selector]).toEqual([spec.serviceName, podMetadata.labels])
    expect(metadata.name).toBe(spec.serviceName)
    const budget = z.object({
      spec: z.object({ minAvailable: z.number(), selector: z.object({ matchLabels: labels }) }),
    })
    const { minAvailable, selector } = budget.parse(all[2]).spec
    expect(minAvailable).toBeLessThan(spec.replicas)
    expect(selector.matchLabels).toEqual(podMetadata.labels)
  })

  test('names settings that there are', () => {
    const named = kubernetes.match(/SPEKA_[A-Z_]+/g) ?? []
    expect(named.length).toBeGreaterThan(0)
    expect(named.filter((name) => !settings.has(name))).toEqual([])
  })
})

test('the unit for systemd outlasts the wait for streams, and sets only what there is', () => {
  const [unit = ''] = blocks('ini')
  expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(shutdownS)
  expect((unit.match(/SPEKA_[A-Z_]+/g) ?? []).filter((name) => !settings.has(name))).toEqual([])
})

test('the image that is made for it has the drivers that the server takes', () => {
  const { peerDependencies } = z
    .object({ peerDependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(read('packages/server/package.json')))
  const [dockerfile = ''] = blocks('dockerfile')
  for (const name of ['pg', 'ioredis']) {
    const major = new RegExp(`\\b${name}@(\\d+)`).exec(dockerfile)?.[1]
    expect(peerDependencies[name]).toMatch(new RegExp(`^>=${major}\\b`))
  }
})
